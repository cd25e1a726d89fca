import { NetproofError } from '@netproof/core';
import { sweepKind, sweepNetworks } from '@netproof/kind-node';
import { sweepOutside } from '@netproof/outside';
import { withKind } from './kind-error.ts';
import { alive, disown, type Owner, owners } from './registry.ts';

/**
 * Removes the clusters of runs that were killed, and with `kept` also those that were left on purpose.
 * A cluster of a living run is never touched.
 *
 * @returns what was removed, and why what is left could not be
 */
export async function sweepClusters(options: {
  readonly kept: boolean;
}): Promise<{ readonly removed: readonly Owner[]; readonly left: readonly NetproofError[] }> {
  const all = await owners();
  // Also those of kept clusters, whose run was killed: they belong to a run, not to the cluster.
  await sweepOutside((cluster) => all.some((owner) => owner.kindName === cluster && !alive(owner)));
  const stale = all.filter((owner) => !alive(owner) && (options.kept || !owner.kept));
  const removed: Owner[] = [];
  const left: NetproofError[] = [];
  for (const owner of stale) {
    try {
      await removeOwned(owner);
      removed.push(owner);
    } catch (error) {
      if (!(error instanceof NetproofError)) throw error;
      left.push(error);
    }
  }
  return { removed, left };
}

/** Removes a cluster's containers, those beside it and its network by their names; it needs neither kind nor a kubeconfig. */
export async function removeOwned({ kindName }: Pick<Owner, 'kindName'>): Promise<void> {
  await sweepOutside((cluster) => cluster === kindName);
  await withKind(sweepKind((name) => name === kindName));
  await withKind(sweepNetworks((name) => name === kindName));
  await disown(kindName);
}
