import type { JournalEvent } from '@netproof/core';
import type { EvidenceFiles } from '../evidence-files.ts';
import type { ReportModel } from '../model.ts';
import { renderHtml } from '../render-html.ts';
import { summarise } from '../summarise.ts';

export function model(events: readonly JournalEvent[]): ReportModel {
  return summarise({ file: 'journal.jsonl', events });
}

export function page(events: readonly JournalEvent[], files?: EvidenceFiles): string {
  return renderHtml(model(events), files);
}

/** The rows of a page's first map: each the text of its heading and of its squares, a blank one for what was not asked. */
export function mapRows(text: string): Readonly<Record<string, readonly string[]>> {
  const [, map = ''] = /<table class="map[^>]*>(.*?)<\/table>/s.exec(text) ?? [];
  const rows = [...map.matchAll(/<tr><th scope="row">(.*?)<\/th>(.*?)<\/tr>/gs)];
  return Object.fromEntries(
    rows.map(([, head = '', squares = '']) => [
      plain(head).trim(),
      [...squares.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, square = '']) =>
        plain(square.replaceAll('<span', ' <span')).trim(),
      ),
    ]),
  );
}

/** Markup without its tags. */
export function plain(markup: string): string {
  return markup.replaceAll(/<[^>]*>/g, '');
}
