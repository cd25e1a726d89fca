import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, explain, NetproofError } from '@netproof/core';

/** The journal of a run's folder. */
export function journalIn(runDir: string): string {
  return join(runDir, 'journal.jsonl');
}

/**
 * The folders of runs that these folders are, or that stand directly in them, each once.
 *
 * @throws NetproofError `JOURNAL_MISSING` (exit 2) with every folder that is none and holds none
 */
export async function findRuns(folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(folders.map(runsIn));
  const problems = found.flatMap((one) => (typeof one === 'string' ? [one] : []));
  if (problems.length > 0) {
    throw new NetproofError(problems.join('\n'), {
      code: 'JOURNAL_MISSING',
      exit: exitCode.usage,
      hint: 'name folders of runs, which hold journal.jsonl, or folders of such; runs are below reports/out',
    });
  }
  const runs = found.flatMap((one) => (typeof one === 'string' ? [] : one));
  // A folder may be named twice, or through a link.
  return [
    ...new Map(await Promise.all(runs.map(async (run) => [await realpath(run), run] as const))).values(),
  ];
}

/** In words what is wrong, where it is no run and holds none. */
async function runsIn(folder: string): Promise<readonly string[] | string> {
  if (existsSync(journalIn(folder))) return [folder];
  try {
    const below = (await readdir(folder)).toSorted().map((name) => join(folder, name));
    const runs = below.filter((one) => existsSync(journalIn(one)));
    return runs.length > 0 ? runs : `there is no journal.jsonl in ${folder} or in a folder below it`;
  } catch (error) {
    return `cannot read ${folder}: ${explain(error)}`;
  }
}
