import { join } from 'node:path';
import type { EvidenceFiles } from './evidence-files.ts';
import { alone } from './merge.ts';
import type { Merged, ReportModel } from './model.ts';
import { renderHtml } from './render-html.ts';
import { renderJson } from './render-json.ts';
import { renderJunit } from './render-junit.ts';
import { renderMarkdown } from './render-markdown.ts';
import { renderMergedHtml } from './render-merged-html.ts';
import { renderMergedJson } from './render-merged-json.ts';
import { replaceFile } from './replace-file.ts';

/** A file that is written beside the journal of a run, and beside the folders of several. */
interface Format {
  readonly one: (model: ReportModel, evidence: EvidenceFiles) => string;
  readonly several: (merged: Merged) => string;
}

/** Every report, by the name of its file: a new one is a file of its own and a line here. */
const formats: Readonly<Record<string, Format>> = {
  'index.html': { one: renderHtml, several: renderMergedHtml },
  'results.json': { one: renderJson, several: renderMergedJson },
  'junit.xml': { one: (model) => renderJunit(alone(model)), several: renderJunit },
  'summary.md': { one: (model) => renderMarkdown(alone(model)), several: renderMarkdown },
};

/** @throws NetproofError `REPORT_NOT_WRITTEN` (exit 3) */
export async function writeFormats(folder: string, render: (format: Format) => string): Promise<void> {
  for (const [name, format] of Object.entries(formats)) await replaceFile(join(folder, name), render(format));
}
