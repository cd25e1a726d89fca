import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { exitCode, NetproofError } from '@netproof/core';
import { findRuns, readJournal } from '@netproof/report';
import {
  clusterFolder,
  type Earlier,
  earlierOf,
  type LoadedCheck,
  planOf,
  type RunFolder,
  type RunPlan,
  readPlan,
  refuseDone,
  runFolder,
  selectChecks,
} from '@netproof/runner';

/** A run that is to go on. */
export interface Resumed {
  readonly folder: RunFolder;
  readonly plan: RunPlan;
  /** What was done, by the name of the cluster; absent for those that had not begun. */
  readonly earlier: ReadonlyMap<string, Earlier>;
}

/**
 * Reads what a run, or one cluster of a run on several, still has to do.
 *
 * @throws NetproofError exit 2: `NOT_RESUMABLE`, `JOURNAL_MISSING` where it is no folder of a run
 */
export async function resumedRun(path: string): Promise<Resumed> {
  const plan = await planFor(path);
  const folder = runFolder(path, plan.run);
  const earlier = new Map<string, Earlier>();
  for (const { name } of plan.clusters) {
    const { journal } = clusterFolder(folder, name, plan.clusters.length);
    const before = existsSync(journal)
      ? earlierOf((await readJournal(journal)).events, plan.checks)
      : undefined;
    if (before) earlier.set(name, before);
  }
  refuseDone(plan, earlier);
  return { folder, plan, earlier };
}

async function planFor(path: string): Promise<RunPlan> {
  const own = await readPlan(path);
  if (own) return own;
  const above = await readPlan(dirname(resolve(path)));
  const clusters = above?.clusters.filter(({ name }) => name === basename(resolve(path))) ?? [];
  if (above && clusters.length > 0) return { ...above, clusters };
  const runs = await findRuns([path]);
  if (runs[0] === path) return planOf((await readJournal(runFolder(path).journal)).events);
  throw new NetproofError(`${path} holds runs, but is none that says what it had planned`, {
    code: 'NOT_RESUMABLE',
    exit: exitCode.usage,
    hint: runs.map((one) => `pnpm netproof run --resume ${one}`).join('\n  '),
  });
}

/** What a cluster of a run that is resumed still has to do: all that was planned where it had not begun. */
export function checksLeft(
  all: readonly LoadedCheck[],
  cluster: string,
  { earlier, plan }: Resumed,
): readonly LoadedCheck[] {
  const left = earlier.get(cluster)?.left ?? plan.checks;
  // None is none here, not all.
  return left.length === 0 ? [] : selectChecks(all, { checks: left });
}

/**
 * Refuses clusters that are named beside `--resume` and are not those of the run.
 *
 * @throws NetproofError `NOT_OF_THIS_RUN` (exit 2)
 */
export function sameClusters(
  { folder, plan }: Pick<Resumed, 'folder' | 'plan'>,
  given: readonly string[],
): void {
  const planned = plan.clusters.map(({ name }) => name);
  const others = given.filter((name) => !planned.includes(name));
  const missing = planned.filter((name) => !given.includes(name));
  if (others.length + missing.length === 0) return;
  const why =
    others.length > 0 ? `not on ${others.join(', ')}` : `of which ${missing.join(', ')} is left out`;
  throw new NetproofError(`${folder.path} is a run on ${planned.join(', ')}, ${why}`, {
    code: 'NOT_OF_THIS_RUN',
    exit: exitCode.usage,
    hint:
      planned.length === 1
        ? `without naming a cluster: pnpm netproof run --resume ${folder.path}`
        : `all of it: pnpm netproof run --resume ${folder.path}; one cluster: pnpm netproof run --resume ${join(folder.path, (given.find((name) => planned.includes(name)) ?? planned[0]) as string)}`,
  });
}
