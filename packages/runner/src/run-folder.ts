import { randomBytes } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { exitCode, NetproofError } from '@netproof/core';
import { makeFolder } from '@netproof/setup/folders';

/** The folder of one run, `<out>/<id>/`, and where things stand in it. */
export interface RunFolder {
  /** `20261121-101500-3fa9c1`: sorts by time and is unique. */
  readonly id: string;
  readonly path: string;
  readonly journal: string;
  readonly order: string;
  readonly imagesLog: string;
  readonly clusterLogs: string;
}

/**
 * Makes the folder of a new run.
 *
 * @throws NetproofError `OUT_NOT_WRITABLE` (exit 2)
 */
export async function newRunFolder(out: string, now = new Date()): Promise<RunFolder> {
  const time = now
    .toISOString()
    .replaceAll(/[-:]|\..*$/g, '')
    .replace('T', '-');
  const id = `${time}-${randomBytes(3).toString('hex')}`;
  const path = join(out, id);
  try {
    makeFolder(path);
  } catch (cause) {
    throw new NetproofError(`no folder can be made in ${out}`, {
      code: 'OUT_NOT_WRITABLE',
      exit: exitCode.usage,
      hint: 'give --out a folder that this user may write to',
      cause,
    });
  }
  return runFolder(path);
}

/**
 * The folder of one cluster of a run. One cluster has the run's to itself; of several each has one within it, which
 * is a run's folder too, with the run's id.
 *
 * @param of how many
 */
export function clusterFolder(run: RunFolder, cluster: string, of: number): RunFolder {
  return of === 1 ? run : runFolder(join(run.path, cluster), run.id);
}

/** The folder of a run that there was before. */
export function runFolder(path: string, id = basename(resolve(path))): RunFolder {
  return {
    id,
    path,
    journal: join(path, 'journal.jsonl'),
    order: join(path, 'cell.json'),
    imagesLog: join(path, 'images.log'),
    clusterLogs: join(path, 'cluster-logs'),
  };
}

/** The name of a run's kind cluster and of its docker network: unique, and short enough for a host name. */
export function kindName(cluster: string, run: string): string {
  return `${ours}${cluster}-${run.slice(-6)}`;
}

/** How the names of all kind clusters and docker networks of netproof begin. */
const ours = 'netproof-';

/** Whether a kind cluster or a docker network is, or was, of netproof. */
export const isOurs = (name: string): boolean => name.startsWith(ours);
