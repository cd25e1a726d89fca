import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, NetproofError, together } from '@netproof/core';
import { z } from 'zod';
import { diff, type Side } from './diff.ts';
import type { Diff } from './diff-schema.ts';
import { findRuns } from './find-runs.ts';
import { merge } from './merge.ts';
import { modelsOf } from './write-merged.ts';

/**
 * What changed between the runs of two folders. Each is the folder of a run, one that holds several, or one in which
 * runs of elsewhere were put side by side.
 *
 * @throws NetproofError exit 2, with all that is wrong with both: `JOURNAL_MISSING` where a folder is no run,
 * `JOURNAL_UNREADABLE`, `JOURNAL_INVALID`, `JOURNAL_EMPTY`; `RUNS_UNREADABLE` where it is more than one thing;
 * `NOTHING_IN_COMMON` where no cluster is in both: that nothing broke would say nothing
 */
export async function compareRuns(before: string, after: string): Promise<Diff> {
  const hint =
    'name two folders of runs, which hold journal.jsonl, or folders of such; runs are below reports/out';
  const [was, is] = await together([sideOf(before), sideOf(after)], { code: 'RUNS_UNREADABLE', hint });
  const found = diff(was, is);
  if (found.onlyAfter.length < clustersOf(is).length) return found;
  const named = (side: Side) => `${side.folder} is of ${clustersOf(side).join(', ')}`;
  throw new NetproofError(`no cluster is in both: ${named(was)}; ${named(is)}`, {
    code: 'NOTHING_IN_COMMON',
    exit: exitCode.usage,
    hint: 'name runs on the same cluster; to see others side by side: pnpm netproof report A B',
  });
}

const clustersOf = ({ merged }: Side): readonly string[] => [
  ...new Set(merged.runs.map(({ cluster }) => cluster)),
];

async function sideOf(folder: string): Promise<Side> {
  return { folder, merged: merge(await modelsOf(await runsOf(folder))) };
}

async function runsOf(folder: string): Promise<readonly string[]> {
  try {
    return await findRuns([folder]);
  } catch (error) {
    const shown = error instanceof NetproofError ? await sideBySide(folder) : [];
    if (shown.length === 0) throw error;
    return findRuns(shown);
  }
}

const place = z.object({ folder: z.string() });
const merged = z.object({
  kind: z.literal('MergedReport'),
  runs: z.array(place.extend({ shards: z.array(place).optional() })),
});

/** The folders of the runs that a merged report shows; none where it is no such folder. */
async function sideBySide(folder: string): Promise<readonly string[]> {
  try {
    const { runs } = merged.parse(JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')));
    return runs.flatMap((run) => run.shards ?? [run]).map((run) => join(folder, run.folder));
  } catch {
    return [];
  }
}
