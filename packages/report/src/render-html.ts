import type { EvidenceFiles } from './evidence-files.ts';
import { html } from './html.ts';
import type { ReportModel } from './model.ts';
import { checks } from './page/check.ts';
import { results, title, verdict } from './page/first-screen.ts';
import { killMatrix } from './page/kill-matrix.ts';
import { phases, provenance, streams } from './page/run-facts.ts';
import { page, type Section } from './page/shell.ts';

/** The report of a run for people. */
export function renderHtml(model: ReportModel, files: EvidenceFiles = new Map()): string {
  const { run } = model;
  const kills: Section = ['kills', 'Kill matrix', killMatrix(model)];
  return page({
    title: title(model),
    netproof: run.netproof,
    first: verdict(model),
    sections: [
      ...(run.mode === 'prove' ? [kills] : []),
      ['results', 'Results', results(model)],
      ['checks', 'Checks', model.checks.length > 0 ? checks(model, files) : undefined],
      ['provenance', 'Provenance', provenance(model)],
      ['phases', 'Time', phases(model)],
      ['streams', 'Control streams', streams(model)],
    ],
    footer: html`Run <code>${run.id}</code>, netproof ${run.netproof}. Rendered from <code>journal.jsonl</code>, which holds every probe; for machines: <a href="results.json">results.json</a>.`,
    styles: ['base', 'sections', 'figures', 'plots', 'media'],
  });
}
