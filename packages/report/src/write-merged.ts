import { relative, resolve, sep } from 'node:path';
import { exitCode, NetproofError, together } from '@netproof/core';
import { failuresOf } from './failures.ts';
import { writeFormats } from './formats.ts';
import { merge } from './merge.ts';
import type { ReportModel } from './model.ts';
import { modelOf, placesIn, type WrittenReports, writeModel } from './write-reports.ts';

/**
 * Renders the reports of several runs, each into its own folder, and into `out` those that show them side by side. The
 * page there links to the runs' own ones, and says by itself what came of them.
 *
 * @param folders of the runs, each with its `journal.jsonl`
 * @param out is made where there is none; the folder above those of the runs where they belong together
 * @throws NetproofError `JOURNAL_MISSING` where there are no runs, `RUNS_UNREADABLE` with every journal that cannot be
 * read, `OUT_IS_A_RUN` where a run's own report would be overwritten (exit 2); `REPORT_NOT_WRITTEN` (exit 3)
 */
export async function writeMergedReport(folders: readonly string[], out: string): Promise<WrittenReports> {
  if (folders.some((folder) => resolve(folder) === resolve(out))) {
    throw new NetproofError(`${out} is the folder of a run, which has its own report there`, {
      code: 'OUT_IS_A_RUN',
      exit: exitCode.usage,
      hint: 'name another folder with --out',
    });
  }
  const runs = await modelsOf(folders);
  for (const { folder, model } of runs) await writeModel(model, folder);
  const merged = merge(
    runs.map(({ folder, model }) => ({ model, folder: relative(out, folder).replaceAll(sep, '/') })),
  );
  await writeFormats(out, ({ several }) => several(merged));
  const { totals, conclusion } = merged;
  return {
    ...placesIn(out),
    totals,
    failures: failuresOf(merged),
    conclusion,
    interrupted: runs.some(({ model }) => model.run.interrupted),
  };
}

interface Run {
  readonly folder: string;
  readonly model: ReportModel;
}

/**
 * What the journals of runs come to. All that is wrong with them is said at once, and before anything is written.
 *
 * @throws NetproofError `JOURNAL_MISSING` where there are no runs, `RUNS_UNREADABLE` (exit 2)
 */
export async function modelsOf(folders: readonly string[]): Promise<readonly Run[]> {
  if (folders.length === 0) {
    throw new NetproofError('there is no run to report', { code: 'JOURNAL_MISSING', exit: exitCode.usage });
  }
  return together(
    folders.map(async (folder) => ({ folder, model: await modelOf(folder) })),
    { code: 'RUNS_UNREADABLE', hint: 'leave these folders out, or name the others one by one' },
  );
}
