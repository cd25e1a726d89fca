import { exitCode, NetproofError } from '@netproof/core';
import { Kube } from '@netproof/kube';
import { describeHolder, lockCluster } from './lock.ts';
import { refuseTaken, removeSpaces } from './namespaces.ts';
import { refuseOwn } from './own-cluster.ts';
import { needRights } from './rights.ts';
import { kubectlOf, type Where } from './where.ts';

/**
 * Removes from an existing cluster what killed runs left there. Whether a run was killed shows only after a while.
 *
 * @returns the names of the namespaces that were removed
 * @throws NetproofError `CLUSTER_IN_USE` (exit 3, 2 where netproof made it) where a run goes on there, `LEFT_BEHIND`
 */
export async function cleanExisting(
  where: Where,
  {
    rbac,
    signal,
    onLine,
  }: { readonly rbac: string; readonly signal: AbortSignal; readonly onLine: (text: string) => void },
): Promise<readonly string[]> {
  await refuseOwn(where);
  const kube = await Kube.connect(where.kubeconfig, { ...where, foreign: true });
  await needRights(kube, rbac);
  await refuseTaken(kube);
  await using lock = await lockCluster(kube, {
    run: `clean-${process.pid}`,
    signal,
    onWait: (holder) => onLine(`looking whether ${describeHolder(holder)}, lives`),
    onLife: (holder) => {
      throw new NetproofError(`nothing is removed: ${describeHolder(holder)}, goes on`, {
        code: 'CLUSTER_IN_USE',
        exit: exitCode.environment,
        hint: 'wait until it has ended; it removes all that it made',
      });
    },
    onDead: (holder) => onLine(`nothing is heard of ${describeHolder(holder)}`),
  });
  lock.lost.throwIfAborted();
  return await removeSpaces(kube, { kubectl: kubectlOf(where) });
}
