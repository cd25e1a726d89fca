import { basename } from 'node:path';
import type { ClusterFolder } from '@netproof/runner';

/**
 * A kind configuration of ours without what only makes a cluster ready sooner: controllers that elect nobody and may ask
 * more often, containers that begin anew after a second.
 *
 * @throws where there is nothing of that: it would be compared with itself
 */
export function plainConfig(config: string): string {
  const plain = config
    .replace(/^ {2}- \|\n(?: {4}.*\n)*? {4}kind: ClusterConfiguration\n(?: {4}.*(?:\n|$))*/m, '')
    .replace(/^ {4}crashLoopBackOff: .*\n/m, '');
  if (plain === config) throw new Error('no patch of ClusterConfiguration in this kind.yaml');
  return plain;
}

/** A cluster of ours without the patches that have its CNI ready sooner: those that are named `start.yaml`. */
export function plainInstall(cluster: ClusterFolder): ClusterFolder {
  const install = cluster.spec.install.map((one) => ({
    ...one,
    patches: one.patches.filter((file) => basename(file) !== 'start.yaml'),
  }));
  return { ...cluster, spec: { ...cluster.spec, install } };
}
