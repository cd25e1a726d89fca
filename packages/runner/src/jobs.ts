import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { exitCode, NetproofError } from '@netproof/core';

/**
 * What a cluster of three nodes takes with its probes, and something over: the nodes of bridge were seen to hold 0.95 GB
 * with Kubernetes 1.36.
 */
export const clusterBytes = 2 * 2 ** 30;

/** Cores that a cluster keeps busy while it starts; with fewer, side by side takes longer than in turn. */
const clusterCores = 4;

/**
 * How many clusters may stand side by side. One may in any case: whether its memory suffices, it shows by itself.
 *
 * @param wanted by the caller; without a wish as many as have cores
 * @param available bytes of memory
 * @throws NetproofError `JOBS_TOO_MANY` (exit 3) where memory does not suffice for several that are wanted
 */
export async function jobsFor(
  clusters: number,
  wanted?: number,
  available: number | Promise<number> = memoryAvailable(),
): Promise<number> {
  const bytes = await available;
  const fit = Math.floor(bytes / clusterBytes);
  const most = wanted ?? Math.min(fit, Math.floor(availableParallelism() / clusterCores));
  const jobs = Math.max(1, Math.min(clusters, most));
  if (jobs <= Math.max(1, fit)) return jobs;
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  throw new NetproofError(
    `${jobs} clusters side by side need ${gib(jobs * clusterBytes)} of memory; ${gib(bytes)} are available`,
    {
      code: 'JOBS_TOO_MANY',
      exit: exitCode.environment,
      hint:
        fit > 0 ? `--jobs ${fit} fits` : 'end what takes the memory, use a larger machine, or try --jobs 1',
    },
  );
}

/** Bytes that can be had without swapping: MemAvailable of proc(5), which counts what caches would give back. */
async function memoryAvailable(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8');
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}
