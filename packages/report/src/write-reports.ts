import { join } from 'node:path';
import type { Totals } from '@netproof/core';
import { evidenceFiles } from './evidence-files.ts';
import { failuresOf } from './failures.ts';
import { journalIn } from './find-runs.ts';
import { writeFormats } from './formats.ts';
import { alone } from './merge.ts';
import type { Conclusion, ReportModel } from './model.ts';
import { readJournal } from './read-journal.ts';
import { summarise } from './summarise.ts';

/** Where reports are, and what they say. */
export interface WrittenReports {
  readonly html: string;
  readonly json: string;
  readonly totals: Totals;
  /** See `failuresOf`. */
  readonly failures: readonly string[];
  readonly conclusion: Conclusion;
  readonly interrupted: boolean;
}

/**
 * Renders the reports of a run into its folder, from its `journal.jsonl`: see `formats.ts`. A reader sees the old report
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
  const evidence = await evidenceFiles(model, runDir);
  await writeFormats(runDir, ({ one }) => one(model, evidence));
  const { totals, conclusion, run } = model;
  const failures = failuresOf(alone(model));
  return { ...placesIn(runDir), totals, failures, conclusion, interrupted: run.interrupted };
}

export function placesIn(folder: string): Pick<WrittenReports, 'html' | 'json'> {
  return { html: join(folder, 'index.html'), json: join(folder, 'results.json') };
}
