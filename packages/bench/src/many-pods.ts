import type { Endpoint } from '@netproof/core';
import { type Kube, type Manifest, runLabel } from '@netproof/kube';
import { bundleAgent, endpointsOf, newPod, newPodsBasis } from '@netproof/probe';
import type { CellOrder } from '@netproof/runner';

/** A pod with an agent. */
export interface BenchPod {
  readonly endpoint: Endpoint;
  readonly uid: string;
}

/** So many at a time start on a few slow cores: each takes a second of CPU and more. */
const ready = 900_000;
const gone = 300_000;

/**
 * Pods with agents beside the resident ones, on each node as many, to measure with. Disposing takes them away.
 */
export class ManyPods implements AsyncDisposable {
  readonly #kube: Kube;
  readonly #order: CellOrder;
  readonly #shape: (pod: Manifest) => Manifest;
  readonly #own: Manifest[] = [];

  /** @param shape what each is changed to before it is made */
  constructor(kube: Kube, order: CellOrder, shape: (pod: Manifest) => Manifest = asking('10m', '16Mi')) {
    this.#kube = kube;
    this.#order = order;
    this.#shape = shape;
  }

  /** Makes more of them until there are so many, and waits until all are ready. */
  async grow(count: number): Promise<readonly BenchPod[]> {
    const { image, nodes, run } = this.#order;
    const plan = { image, run, agentSource: await bundleAgent() };
    const more = Array.from({ length: count - this.#own.length }, (_, at) => {
      const index = this.#own.length + at;
      return this.#shape(newPod(`m${index + 1}`, nodes[index % nodes.length]?.name ?? '', plan));
    });
    this.#own.push(...more);
    await this.#kube.apply([...newPodsBasis(plan), ...more]);
    const namespace = this.#own[0]?.metadata.namespace ?? '';
    const labelSelector = `${runLabel}=${run}`;
    const pods = await this.#kube.wait.pods({ namespace, labelSelector, count }, ready);
    const inOrder = pods.map((pod) => ({ endpoint: endpointsOf(pod)[0]!, uid: pod.metadata?.uid ?? '' }));
    return inOrder.toSorted((a, b) => numberOf(a) - numberOf(b));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const left = await this.#kube.remove(this.#own, gone);
    if (left.length > 0) throw new Error(`still there after their deletion: ${left.join(', ')}`);
  }
}

const numberOf = ({ endpoint }: BenchPod) => Number(endpoint.id.replace(/^.*\D/, ''));

/** Requests of less than an agent of a run has: a node of two cores would not take so many of those. */
export function asking(cpu: string, memory: string) {
  return (pod: Manifest): Manifest => {
    const { containers, ...spec } = pod.spec as { containers: readonly object[] };
    const asks = containers.map((one) => ({ ...one, resources: { requests: { cpu, memory } } }));
    return { ...pod, spec: { ...spec, containers: asks } };
  };
}
