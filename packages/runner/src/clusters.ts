import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, NetproofError } from '@netproof/core';
import { type ClusterFile, parseClusterFile } from './cluster-file.ts';

/** A cluster that can be made: its file and the folder that holds its manifests. */
export interface ClusterFolder extends ClusterFile {
  readonly folder: string;
}

/**
 * Reads every cluster below a folder, sorted by name.
 *
 * @throws NetproofError `CLUSTER_FILE` (exit 2) with every problem of every file
 */
export async function loadClusters(clusters: string): Promise<readonly ClusterFolder[]> {
  const entries = await readdir(clusters, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const loaded = await Promise.allSettled(names.sort().map((name) => loadCluster(join(clusters, name))));
  const problems = loaded.flatMap((one) => (one.status === 'rejected' ? [one.reason as NetproofError] : []));
  if (problems[0] && problems.length === 1) throw problems[0];
  if (problems.length > 0) {
    throw new NetproofError(problems.map(({ message }) => message).join('\n'), {
      code: 'CLUSTER_FILE',
      exit: exitCode.usage,
    });
  }
  return loaded.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

/** Reads the cluster of one folder, inside the repository or not. */
export async function loadCluster(folder: string): Promise<ClusterFolder> {
  const file = join(folder, 'cluster.yaml');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new NetproofError(`there is no cluster in ${folder}: cluster.yaml cannot be read`, {
      code: 'CLUSTER_FILE',
      exit: exitCode.usage,
      hint: 'clusters/README.md says what a cluster consists of',
      cause,
    });
  });
  return { ...parseClusterFile(text, file), folder };
}

/**
 * The cluster that a caller names, by variant (`--cluster bridge`) or by CNI (`--cni bridge`: its default variant).
 *
 * @throws NetproofError `NO_SUCH_CLUSTER`, `NO_SUCH_CNI` (exit 2) with what there is
 */
export function selectCluster(
  all: readonly ClusterFolder[],
  wanted: { readonly cluster?: string; readonly cni?: string },
): ClusterFolder {
  if (wanted.cluster !== undefined) {
    const found = all.find(({ name }) => name === wanted.cluster);
    return (
      found ??
      refuse(
        `no such cluster: ${wanted.cluster}`,
        'NO_SUCH_CLUSTER',
        all.map(({ name }) => name),
      )
    );
  }
  const defaults = all.filter(({ spec }) => spec.default);
  const found = defaults.find(({ spec }) => spec.cni.name === wanted.cni);
  return (
    found ??
    refuse(
      `no such CNI: ${wanted.cni}`,
      'NO_SUCH_CNI',
      defaults.map(({ spec }) => spec.cni.name),
    )
  );
}

function refuse(message: string, code: string, there: readonly string[]): never {
  throw new NetproofError(`${message}; there are: ${there.join(', ')}`, {
    code,
    exit: exitCode.usage,
    hint: '`pnpm netproof clusters` lists every cluster with its CNI and versions',
  });
}
