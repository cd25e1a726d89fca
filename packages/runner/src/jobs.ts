import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { exitCode, NetproofError } from '@netproof/core';

/** What a cluster of three nodes with its probes was seen to take, and something over. */
const clusterBytes = 2 * 2 ** 30;

/** Cores that a cluster keeps busy while it starts; with fewer, side by side takes longer than in turn. */
const clusterCores = 4;

/**
 * How many clusters may stand side by side.
 *
 * @param wanted by the caller; without a wish as many as have cores
 * @throws NetproofError `JOBS_TOO_MANY` (exit 3) where memory does not suffice for what is wanted
 */
export async function jobsFor(clusters: number, wanted?: number): Promise<number> {
  const fit = Math.floor((await memoryAvailable()) / clusterBytes);
  if (wanted === undefined) {
    return Math.max(1, Math.min(clusters, fit, Math.floor(availableParallelism() / clusterCores)));
  }
  const jobs = Math.min(wanted, clusters);
  if (jobs <= fit) return jobs;
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  throw new NetproofError(
    `${jobs} clusters side by side need ${gib(jobs * clusterBytes)} of memory; ${gib(await memoryAvailable())} are available`,
    {
      code: 'JOBS_TOO_MANY',
      exit: exitCode.environment,
      hint: fit > 0 ? `--jobs ${fit} fits` : 'end what takes the memory, or use a larger machine',
    },
  );
}

/** Bytes that can be had without swapping: MemAvailable of proc(5), which counts what caches would give back. */
async function memoryAvailable(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8');
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}
