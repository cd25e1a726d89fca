import { relative, resolve, sep } from 'node:path';
import { exitCode, explain, NetproofError } from '@netproof/core';
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
    conclusion,
    interrupted: runs.some(({ model }) => model.run.interrupted),
  };
}

interface Run {
  readonly folder: string;
  readonly model: ReportModel;
}

/** All that is wrong with the journals is said at once, and before anything is written. */
async function modelsOf(folders: readonly string[]): Promise<readonly Run[]> {
  const settled = await Promise.allSettled(
    folders.map(async (folder) => ({ folder, model: await modelOf(folder) })),
  );
  const bad = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const [defect] = bad.filter((error) => !(error instanceof NetproofError));
  if (defect !== undefined) throw defect;
  if (bad.length === 1) throw bad[0];
  if (bad.length > 1) {
    throw new NetproofError(bad.map(explain).join('\n'), {
      code: 'RUNS_UNREADABLE',
      exit: exitCode.usage,
      hint: 'leave these folders out, or name the others one by one',
    });
  }
  if (folders.length === 0) {
    throw new NetproofError('there is no run to report', { code: 'JOURNAL_MISSING', exit: exitCode.usage });
  }
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
