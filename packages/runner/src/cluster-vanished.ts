import { exitCode, explain, NetproofError } from '@netproof/core';
import type { RunningKind } from '@netproof/kind-node';
import type { Kube } from '@netproof/kube';

/** The cluster went away under a run. No later check could say more, so the run ends with it. */
export class ClusterVanished extends NetproofError {
  constructor(what: string) {
    super(`${what} in the middle of the run`, {
      code: 'CLUSTER_VANISHED',
      exit: exitCode.environment,
      hint: 'see why (docker ps --all, memory, disk); then go on with: pnpm netproof run --resume <folder of the run>',
    });
  }
}

/** Says which node stopped or that the API server does not answer; undefined while the cluster is whole. */
export async function vanished(
  kind: RunningKind,
  kube: Kube,
  nodes: readonly string[],
): Promise<string | undefined> {
  const containers = await kind.nodes().catch(explain);
  if (typeof containers === 'string') return `docker stopped answering (${containers})`;
  const running = new Set(containers.filter((one) => one.running).map(({ name }) => name));
  const stopped = nodes.filter((name) => !running.has(name));
  if (stopped.length > 0) return `${stopped.join(' and ')} stopped running`;
  return kube.nodes().then(
    () => undefined,
    (error: unknown) => `the API server stopped answering (${explain(error)})`,
  );
}
