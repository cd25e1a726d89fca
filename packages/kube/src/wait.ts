import { bounds, exitCode, explain, type Milliseconds, NetproofError } from '@netproof/core';
import type { Api, ClusterConfig } from './api.ts';
import { whyNode, whyPod } from './diagnosis.ts';
import {
  type DaemonSet,
  type Deployment,
  type EndpointSlice,
  type Node,
  nameOf,
  type Pod,
  type Selection,
} from './objects.ts';
import {
  backendsOf,
  daemonSetAvailable,
  deploymentAvailable,
  lacksImage,
  lacksImageForGood,
  nodeReady,
  podReady,
  restartsOf,
} from './ready.ts';
import { type WatchEnd, type WatchPlan, watchUntil } from './watch.ts';

/** Pods are told apart by labels here because an object's pods have nothing else in common. */
export interface PodSelection {
  readonly namespace?: string;
  /** As the API takes it: `app=web`. */
  readonly labelSelector: string;
  /** How many there must be. */
  readonly count: number;
  /** How often the containers of each must have begun anew, all together and at least. */
  readonly restarts?: number;
}

/** Pods that are not ready and are told of in full. */
const podsExplained = 2;

/** Waits by watching, each inside a bound. All throw NetproofError `NOT_READY` with what they waited for. */
export class Waits {
  readonly #api: Api;
  readonly #config: ClusterConfig;

  constructor(api: Api, config: ClusterConfig) {
    this.#api = api;
    this.#config = config;
  }

  /**
   * Exactly so many pods, all Running and Ready with an address.
   *
   * @throws NetproofError `NOT_READY`; `IMAGE_NOT_PULLED` as soon as a kubelet says so
   */
  async pods(
    { count, restarts = 0, ...selected }: PodSelection,
    bound: Milliseconds = bounds.probesReady,
  ): Promise<Pod[]> {
    const ready = (pod: Pod) => podReady(pod) && restartsOf(pod) >= restarts;
    const end = await this.#watch<Pod>({
      apiVersion: 'v1',
      kind: 'Pod',
      ...selected,
      bound,
      settled: (pods) => (pods.length === count && pods.every(ready)) || pods.some(lacksImage),
    });
    const [without] = end.objects.filter(lacksImage);
    if (without !== undefined)
      throw noImage(`an image cannot be pulled: ${await whyPod(this.#api, without)}`);
    if (end.settled) return [...end.objects];
    const unready = end.objects.filter((pod) => !ready(pod));
    throw notReady(`${count} pods ready (${selected.labelSelector})`, bound, end, [
      `${end.objects.length - unready.length} of ${end.objects.length} are`,
      ...(await this.#why(unready)),
    ]);
  }

  /** At least so many nodes, and every node Ready. */
  async nodes(atLeast: number, bound: Milliseconds = bounds.clusterReady): Promise<void> {
    const end = await this.#watch<Node>({
      apiVersion: 'v1',
      kind: 'Node',
      bound,
      settled: (nodes) => nodes.length >= atLeast && nodes.every(nodeReady),
    });
    if (end.settled) return;
    const unready = end.objects.filter((node) => !nodeReady(node));
    throw notReady(`${atLeast} nodes ready`, bound, end, [
      `${end.objects.length - unready.length} of ${end.objects.length} are`,
      ...unready.map(whyNode),
    ]);
  }

  /**
   * The newest template of a DaemonSet or Deployment runs everywhere that it should and is available.
   *
   * @throws NetproofError `NOT_READY`; `IMAGE_NOT_PULLED` as soon as a kubelet says that it will never have an image
   */
  async available(
    kind: 'DaemonSet' | 'Deployment',
    namespace: string,
    name: string,
    bound: Milliseconds = bounds.clusterReady,
  ): Promise<void> {
    const over = new AbortController();
    let withoutImage = false;
    let pods: Promise<void> | undefined;
    // Only its pods say so, and only an object that there is says which they are.
    const watchPods = async (object: DaemonSet | Deployment) => {
      const { settled } = await this.#watch<Pod>({
        ...podsOf(object, namespace),
        bound,
        signal: over.signal,
        settled: (all) => all.some(lacksImageForGood),
      });
      withoutImage = settled;
      over.abort();
    };
    const end = await this.#watch<DaemonSet | Deployment>({
      apiVersion: 'apps/v1',
      kind,
      namespace,
      fieldSelector: `metadata.name=${name}`,
      bound,
      signal: over.signal,
      settled: ([object]) => {
        if (object === undefined) return false;
        if (isAvailable(kind, object)) return true;
        pods ??= watchPods(object);
        return false;
      },
    });
    over.abort();
    await pods;
    if (end.settled) return;
    const [object] = end.objects;
    const what = `${kind} ${namespace}/${name} available`;
    const why =
      object === undefined ? ['there is none of this name'] : await this.#whyPodsOf(object, namespace);
    if (!withoutImage) throw notReady(what, bound, end, why);
    throw noImage([`never, as an image cannot be pulled: ${what}`, ...why].join('\n    '));
  }

  /** Exactly so many pods behind a Service take traffic, by its EndpointSlices. Returns their ids. */
  async backends(
    namespace: string,
    name: string,
    count: number,
    bound: Milliseconds = bounds.serviceProgramming,
  ): Promise<string[]> {
    const end = await this.#watch<EndpointSlice>({
      ...slicesOf(namespace, name),
      bound,
      settled: (slices) => backendsOf(slices).length === count,
    });
    const ready = backendsOf(end.objects);
    if (end.settled) return ready;
    throw notReady(`${count} backends of Service ${namespace}/${name}`, bound, end, [
      ready.length === 0 ? 'none is ready' : `ready are ${ready.join(', ')}`,
    ]);
  }

  #watch<T extends { readonly metadata?: { readonly uid?: string } }>(plan: WatchPlan<T>) {
    return watchUntil(this.#api, this.#config, plan);
  }

  /** Of the first few: pods of one workload mostly lack the same. */
  async #why(pods: readonly Pod[]): Promise<string[]> {
    const rest = pods.slice(podsExplained).map((pod) => nameOf({ ...pod, kind: 'Pod' }));
    const why = await Promise.all(pods.slice(0, podsExplained).map((pod) => whyPod(this.#api, pod)));
    return rest.length === 0 ? why : [...why, `not ready either: ${rest.join(', ')}`];
  }

  async #whyPodsOf(object: DaemonSet | Deployment, namespace: string): Promise<string[]> {
    try {
      const { items } = await this.#api.list<Pod>(podsOf(object, namespace));
      const unready = items.filter((pod) => !podReady(pod));
      return [
        `${items.length - unready.length} of its ${items.length} pods are`,
        ...(await this.#why(unready)),
      ];
    } catch (error) {
      return [`its pods cannot be read, ${explain(error)}`];
    }
  }
}

function podsOf({ spec }: DaemonSet | Deployment, namespace: string): Selection {
  const labels = Object.entries(spec?.selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return { apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: labels.join(',') };
}

export function slicesOf(namespace: string, service: string): Selection {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace, labelSelector };
}

function isAvailable(kind: 'DaemonSet' | 'Deployment', object: DaemonSet | Deployment): boolean {
  return kind === 'DaemonSet'
    ? daemonSetAvailable(object as DaemonSet)
    : deploymentAvailable(object as Deployment);
}

function notReady(
  what: string,
  bound: Milliseconds,
  { failure }: WatchEnd<unknown>,
  why: readonly string[],
): NetproofError {
  return new NetproofError([`not within ${bound / 1000} s: ${what}`, ...why].join('\n    '), {
    code: 'NOT_READY',
    exit: exitCode.environment,
    cause: failure,
  });
}

function noImage(message: string): NetproofError {
  return new NetproofError(message, { code: 'IMAGE_NOT_PULLED', exit: exitCode.environment });
}
