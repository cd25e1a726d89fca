import { setTimeout as pause } from 'node:timers/promises';
import { containerIds } from './docker.ts';
import { KindError } from './error.ts';
import { type RunOptions, run } from './run.ts';
import { thaw } from './thaw.ts';

/** How often the process group of an ended kind is looked at, in milliseconds: its members are not our children. */
const sampling = 100;

/**
 * Removes every container of a cluster, and those that are still on their way: when kind ends early, by a
 * signal or by its first failed node, the `docker run` processes that it started go on and containers of
 * them appear later.
 * @param group process group in which such processes may live
 * @throws KindError LEFT_BEHIND when the signal ends the wait
 */
export async function clear(cluster: string, group: number | undefined, options: RunOptions): Promise<void> {
  for (let round = 0; ; round += 1) {
    // Before the list: what the last of them made is then on it.
    const busy = group !== undefined && hasMembers(group);
    const ids = await listed(cluster, options);
    if (ids.length === 0 && !busy) return;
    if (round > 0) await Promise.all(ids.map((id) => thaw(id)));
    // What cannot be removed now is on the next list; only the list counts.
    if (ids.length > 0) await run(['docker', 'rm', '--force', '--volumes', ...ids], options).catch(() => {});
    await pause(sampling, undefined, { signal: options.signal }).catch(() => {});
  }
}

async function listed(cluster: string, options: RunOptions): Promise<string[]> {
  try {
    return await containerIds(cluster, options);
  } catch (error) {
    if (!options.signal.aborted) throw error;
    throw new KindError(`containers of cluster ${cluster} could not be removed in time`, {
      code: 'LEFT_BEHIND',
      cause: error,
      hint: `See "docker ps -a --filter label=io.x-k8s.kind.cluster=${cluster}" and remove them with "docker rm -f -v".`,
    });
  }
}

function hasMembers(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
