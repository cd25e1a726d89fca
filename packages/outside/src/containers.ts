import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { exitCode, NetproofError } from '@netproof/core';

/** Carried by every container of ours outside a cluster; its value is the name of the kind cluster. */
export const clusterLabel = 'netproof.dev/outside-of';

/** The one container outside a cluster. Its name follows from the cluster's, so that every process finds it. */
export function containerOf(cluster: string): string {
  return `${cluster}-outside`;
}

/** Docker lists and removes containers well within it, in milliseconds. */
const dockerBound = 60_000;

/**
 * Removes the containers outside of clusters that the caller knows to be stale. A docker network goes only when
 * none is on it any more.
 *
 * @returns names of those clusters
 * @throws NetproofError `DOCKER_FAILED`
 */
export async function sweepOutside(stale: (cluster: string) => boolean): Promise<readonly string[]> {
  const format = `{{.ID}} {{.Label "${clusterLabel}"}}`;
  const listed = await docker([
    'ps',
    '--all',
    '--no-trunc',
    '--filter',
    `label=${clusterLabel}`,
    '--format',
    format,
  ]);
  const found = listed
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, cluster = '']) => cluster !== '' && stale(cluster));
  if (found.length > 0) await docker(['rm', '--force', '--volumes', ...found.map(([id = '']) => id)]);
  return found.map(([, cluster = '']) => cluster);
}

async function docker(args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('docker', [...args], { timeout: dockerBound });
    return stdout;
  } catch (cause) {
    throw new NetproofError(`docker ${args[0]} failed`, {
      code: 'DOCKER_FAILED',
      exit: exitCode.environment,
      cause,
    });
  }
}
