import { setTimeout as pause } from 'node:timers/promises';
import { bounds, exitCode, explain, NetproofError } from '@netproof/core';
import type { RunningKind } from '@netproof/kind-node';
import type { Kube } from '@netproof/kube';

/** The cluster went away under a run. No later check could say more, so the run ends with it. */
export class ClusterVanished extends NetproofError {
  constructor(what: string) {
    super(`${what} in the middle of the run`, {
      code: 'CLUSTER_VANISHED',
      exit: exitCode.environment,
      hint: 'see why (its nodes; where netproof made it docker ps --all, memory, disk); then go on with: pnpm netproof run --resume <folder of the run>',
    });
  }
}

/** Says which node stopped or that the API server does not answer; undefined while the cluster is whole. */
export async function vanished(
  kind: RunningKind | undefined,
  kube: Kube,
  nodes: readonly string[],
  { down }: Pick<NodeWatch, 'down'>,
): Promise<string | undefined> {
  if (down !== undefined) return `${down} stopped running`;
  return (await (kind && stoppedAt(kind, nodes))) ?? missingAt(kube, nodes);
}

async function stoppedAt(kind: RunningKind, nodes: readonly string[]): Promise<string | undefined> {
  const containers = await kind.nodes().catch(explain);
  if (typeof containers === 'string') return `docker stopped answering (${containers})`;
  const running = new Set(containers.filter((one) => one.running).map(({ name }) => name));
  const stopped = nodes.filter((name) => !running.has(name));
  return stopped.length > 0 ? `${stopped.join(' and ')} stopped running` : undefined;
}

/** An API server may restart; one that stays away for as long as a control stream may is gone. */
async function missingAt(kube: Kube, nodes: readonly string[]): Promise<string | undefined> {
  const until = performance.now() + bounds.streamReturn;
  for (;;) {
    try {
      const there = (await kube.nodes()).map(({ name }) => name);
      const gone = nodes.filter((name) => !there.includes(name));
      return gone.length > 0 ? `${gone.join(' and ')} left the cluster` : undefined;
    } catch (error) {
      if (performance.now() + bounds.streamPace > until)
        return `the API server stopped answering (${explain(error)})`;
      await pause(bounds.streamPace);
    }
  }
}

/** Watches the nodes' containers until it is disposed of. */
export interface NodeWatch extends Disposable {
  /** Resolves with the first that stops; stays open where none does. */
  readonly stopped: Promise<string>;
  /** The one that stopped. It may run again: Docker starts kind's nodes once more when they fail. */
  readonly down: string | undefined;
}

/**
 * What Docker does not tell, {@link vanished} finds when a check has not passed.
 *
 * @param kind undefined for a cluster of whose nodes nothing is told
 */
export function watchNodes(kind: RunningKind | undefined): NodeWatch {
  const over = new AbortController();
  const { promise: stopped, resolve } = Promise.withResolvers<string>();
  let down: string | undefined;
  const watching = async () => {
    while (kind && !over.signal.aborted) {
      down = await kind.stopped({ signal: over.signal, deadline: bounds.check });
      if (down !== undefined) return resolve(down);
    }
  };
  watching().catch(() => {});
  return {
    stopped,
    get down() {
      return down;
    },
    [Symbol.dispose]: () => over.abort(),
  };
}

/**
 * Waits for a part of the work before the first check, but not for a cluster of which a node has stopped.
 *
 * @throws NetproofError `CLUSTER_VANISHED`
 */
export async function whileWhole<T>(kind: RunningKind | undefined, work: Promise<T>): Promise<T> {
  using watch = watchNodes(kind);
  work.catch(() => {});
  const stopped = watch.stopped.then((node) => {
    throw new NetproofError(`${node} stopped running before the checks began`, {
      code: 'CLUSTER_VANISHED',
      exit: exitCode.environment,
      hint: 'see why: docker ps --all, memory, disk',
    });
  });
  return await Promise.race([work, stopped]);
}
