import { exitCode, NetproofError } from '@netproof/core';
import { serverIn } from '@netproof/kube';
import { alive, kubeconfigOf, owners } from '../registry.ts';
import type { Where } from './where.ts';

/**
 * Refuses a cluster that a run of this user has made for itself and still uses: each would measure the other, and that
 * one waits for nobody.
 *
 * @throws NetproofError `CLUSTER_IN_USE` (exit 2)
 */
export async function refuseOwn({ kubeconfig, context }: Where): Promise<void> {
  const server = serverIn(kubeconfig, context);
  const living = (await owners()).filter(alive);
  const user = living.find(({ kindName }) => serverOf(kindName) === server);
  if (user === undefined) return;
  throw new NetproofError(`${user.kindName} at ${server} is the cluster of run ${user.run}, which goes on`, {
    code: 'CLUSTER_IN_USE',
    exit: exitCode.usage,
    hint: 'wait until it has ended, or name another cluster',
  });
}

function serverOf(kindName: string): string | undefined {
  try {
    return serverIn(kubeconfigOf(kindName));
  } catch {
    return undefined; // it is being made, or removed
  }
}
