import { bounds, type Endpoint, exitCode, NetproofError } from '@netproof/core';
import { runLabel } from '@netproof/kube/names';
import { clusterLabel, containerOf, sweepOutside } from './containers.ts';

export interface OutsidePlan {
  /** Name of the kind cluster, which is that of its docker network too. */
  readonly cluster: string;
  readonly run: string;
  /** An image in the local Docker with Node 24 at `node`. Nothing is pulled. */
  readonly image: string;
  /** The agent as one file, and where the container keeps it. */
  readonly agentSource: string;
  readonly agentFile: string;
}

/**
 * Starts an agent in a container on a cluster's docker network, beside the nodes, and waits until it serves. One
 * that an earlier run left there is removed first.
 *
 * @throws NetproofError `OUTSIDE_NOT_STARTED`
 */
export async function startOutside(plan: OutsidePlan): Promise<Endpoint> {
  const { cluster, run, image, agentSource, agentFile } = plan;
  await sweepOutside((one) => one === cluster);
  // Loaded here: a run whose checks need nobody outside does not pay for it.
  const { GenericContainer, PullPolicy, Wait } = await import('testcontainers');
  const id = 'outside/client';
  try {
    const container = await new GenericContainer(image)
      .withName(containerOf(cluster))
      .withNetworkMode(cluster)
      .withLabels({ [clusterLabel]: cluster, [runLabel]: run })
      .withEnvironment({ NETPROOF_ID: id })
      .withCopyContentToContainer([{ content: agentSource, target: agentFile, mode: 0o644 }])
      .withCommand(['node', agentFile])
      .withPullPolicy(PullPolicy.neverPull())
      // Its reaper is a container that would be pulled. We sweep ourselves, by our label.
      .withAutoCleanup(false)
      .withWaitStrategy(Wait.forLogMessage(`${id} serves`))
      .withStartupTimeout(bounds.probesReady)
      .start();
    return { kind: 'outside', id, node: '', ip: container.getIpAddress(cluster), labels: {} };
  } catch (cause) {
    throw new NetproofError(`no client outside of ${cluster} could be started`, {
      code: 'OUTSIDE_NOT_STARTED',
      exit: exitCode.environment,
      hint: `see: docker logs ${containerOf(cluster)}`,
      cause,
    });
  }
}
