import {
  bounds,
  type Cni,
  type CniLifecycle,
  exitCode,
  NetproofError,
  type ObjectName,
  type RestartedAgents,
} from '@netproof/core';
import { type Kube, type Manifest, nameOf } from '@netproof/kube';

/** What a cluster names as ready: `daemonset/NAMESPACE/NAME`. */
export function daemonSetsOf(ready: readonly string[]): readonly ObjectName[] {
  return ready.flatMap((workload) => {
    const [kind, namespace = '', name = ''] = workload.split('/');
    return kind === 'daemonset'
      ? [{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { namespace, name } }]
      : [];
  });
}

type Asked = Pick<Kube, 'get' | 'list' | 'remove'> & { readonly wait: Pick<Kube['wait'], 'pods'> };

/** The agents of a CNI, as pods of its DaemonSets. */
export class CniAgents implements Cni, CniLifecycle {
  readonly daemonSets: readonly ObjectName[];
  readonly #kube: Asked;
  readonly #acts = new Set<() => Promise<void>>();

  constructor(kube: Asked, daemonSets: readonly ObjectName[]) {
    this.#kube = kube;
    this.daemonSets = daemonSets;
  }

  async restart(): Promise<RestartedAgents> {
    const all = await this.#kube.list({ apiVersion: 'v1', kind: 'Pod' });
    const sets = await Promise.all(this.daemonSets.map((name) => this.#agentsOf(name, all)));
    for (const act of this.#acts) await act();
    const begun = performance.now();
    const agents = sets.flatMap(({ pods }) => pods);
    const left = await this.#kube.remove(agents);
    if (left.length > 0) {
      throw new NetproofError(`still there after their deletion: ${left.join(', ')}`, {
        code: 'NOT_REMOVED',
        exit: exitCode.environment,
      });
    }
    // By the pods: what a DaemonSet says of itself may still be of those that are gone.
    await Promise.all(
      sets.map(({ namespace, labelSelector, pods }) =>
        this.#kube.wait.pods({ namespace, labelSelector, count: pods.length }, bounds.clusterReady),
      ),
    );
    return { agents: agents.length, ms: performance.now() - begun };
  }

  onRestart(act: () => Promise<void>): { stop(): void } {
    this.#acts.add(act);
    return { stop: () => void this.#acts.delete(act) };
  }

  async #agentsOf(name: ObjectName, all: readonly Manifest[]) {
    const { spec } = await this.#kube.get(name);
    const { matchLabels } = (spec as { selector: { matchLabels: Readonly<Record<string, string>> } })
      .selector;
    const labels = Object.entries(matchLabels);
    const { namespace = '' } = name.metadata;
    const pods = all.filter(
      ({ metadata }) =>
        metadata.namespace === namespace && labels.every(([key, value]) => metadata.labels?.[key] === value),
    );
    if (pods.length === 0) {
      throw new NetproofError(`${nameOf(name)} has no pods`, {
        code: 'NO_AGENTS',
        exit: exitCode.environment,
      });
    }
    return { namespace, labelSelector: labels.map((label) => label.join('=')).join(), pods };
  }
}
