import { sweepKind, sweepNetworks } from '@netproof/kind-node';
import { sweepOutside } from '@netproof/outside';
import { withKind } from './kind-error.ts';
import { alive, disown, type Owner, owners } from './registry.ts';

/**
 * Removes the clusters of runs that were killed, and with `kept` also those that were left on purpose.
 * A cluster of a living run is never touched.
 *
 * @returns what was removed
 */
export async function sweepClusters(options: { readonly kept: boolean }): Promise<readonly Owner[]> {
  const all = await owners();
  // Also those of kept clusters, whose run was killed: they belong to a run, not to the cluster.
  await sweepOutside((cluster) => all.some((owner) => owner.kindName === cluster && !alive(owner)));
  const stale = all.filter((owner) => !alive(owner) && (options.kept || !owner.kept));
  for (const owner of stale) await removeOwned(owner);
  return stale;
}

/** Removes a cluster's containers, those beside it and its network by their names; it needs neither kind nor a kubeconfig. */
export async function removeOwned({ kindName }: Pick<Owner, 'kindName'>): Promise<void> {
  await sweepOutside((cluster) => cluster === kindName);
  await withKind(sweepKind((name) => name === kindName));
  await withKind(sweepNetworks((name) => name === kindName));
  await disown(kindName);
}
