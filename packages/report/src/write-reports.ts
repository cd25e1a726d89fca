import { join } from 'node:path';
import type { Totals } from '@netproof/core';
import { evidenceFiles } from './evidence-files.ts';
import { journalIn } from './find-runs.ts';
import type { Conclusion, ReportModel } from './model.ts';
import { readJournal } from './read-journal.ts';
import { renderHtml } from './render-html.ts';
import { renderJson } from './render-json.ts';
import { replaceFile } from './replace-file.ts';
import { summarise } from './summarise.ts';

/** Where reports are, and what they say. */
export interface WrittenReports {
  readonly html: string;
  readonly json: string;
  readonly totals: Totals;
  readonly conclusion: Conclusion;
  readonly interrupted: boolean;
}

/**
 * Renders `index.html` and `results.json` into a run's folder, from its `journal.jsonl`. A reader sees the old report
 * or the new one, never half of one.
 *
 * @throws NetproofError `JOURNAL_UNREADABLE`, `JOURNAL_INVALID` or `JOURNAL_EMPTY` (exit 2), `REPORT_NOT_WRITTEN`
 * (exit 3)
 */
export async function writeReports(runDir: string): Promise<WrittenReports> {
  return writeModel(await modelOf(runDir), runDir);
}

/** What the journal of a run's folder comes to. */
export async function modelOf(runDir: string): Promise<ReportModel> {
  return summarise(await readJournal(journalIn(runDir)));
}

export async function writeModel(model: ReportModel, runDir: string): Promise<WrittenReports> {
  const written = { html: join(runDir, 'index.html'), json: join(runDir, 'results.json') };
  await replaceFile(written.html, renderHtml(model, await evidenceFiles(model, runDir)));
  await replaceFile(written.json, renderJson(model));
  const { totals, conclusion, run } = model;
  return { ...written, totals, conclusion, interrupted: run.interrupted };
}
