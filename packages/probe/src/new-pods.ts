import {
  bounds,
  type Endpoint,
  exitCode,
  NetproofError,
  type PodLifecycle,
  type PodMoment,
  type Pods,
  type StartedPod,
} from '@netproof/core';
import { endpointId, type Kube, type Manifest, namespacePrefix, restartsOf, runLabel } from '@netproof/kube';
import type { AgentStream } from './agent-stream.ts';
import { bundleAgent } from './bundle.ts';
import { newNamespace, newPod, newPodsBasis, type PodPlan } from './manifest.ts';
import { notRemoved } from './not-removed.ts';
import { type DeployPlan, endpointsOf } from './pods.ts';
import type { OpenProbes } from './probes.ts';

/** One that was begun, until it is gone. */
interface Own {
  readonly object: Manifest;
  readonly applied: Promise<void>;
  readonly label: string;
  pod?: Endpoint;
  stream?: AgentStream;
  opened?: Promise<void>;
  restarts: number;
  /** Its container has been told to end. */
  told: boolean;
}

const namespace = `${namespacePrefix}${newNamespace}`;

/** Pods that checks start beside the resident ones. Disposing removes whatever there is of them. */
export class NewPods implements Pods, PodLifecycle, AsyncDisposable {
  readonly #kube: Kube;
  readonly #probes: Pick<OpenProbes, 'join' | 'leave'>;
  readonly #image: DeployPlan;
  readonly #own = new Map<string, Own>();
  readonly #acts = new Map<PodMoment, Set<(pod: Endpoint) => Promise<void>>>();
  #plan: Promise<PodPlan> | undefined;
  #count = 0;

  constructor(kube: Kube, probes: Pick<OpenProbes, 'join' | 'leave'>, image: DeployPlan) {
    this.#kube = kube;
    this.#probes = probes;
    this.#image = image;
  }

  async start(node: string): Promise<StartedPod> {
    this.#plan ??= this.#prepare().catch((error: unknown) => {
      this.#plan = undefined;
      throw error;
    });
    const plan = await this.#plan;
    // No name comes twice: who watches for one that is gone would take the next one for it.
    this.#count += 1;
    const name = `p${this.#count}`;
    const object = newPod(name, node, plan);
    const sentAt = performance.now();
    const applied = this.#kube.put([object]);
    const id = endpointId(namespace, name);
    const own: Own = { object, applied, label: `netproof.dev/pod=${name}`, restarts: 0, told: false };
    this.#own.set(id, own);
    await applied;
    const pod = await this.#ready(own, 0);
    const readyAt = performance.now();
    if (!this.#own.has(id)) throw new Error(`${id} was removed before it was Ready`);
    this.#join(own, pod);
    await this.#come('ready', pod);
    return { pod, sentAt, readyAt };
  }

  async restart({ id }: Endpoint): Promise<Endpoint> {
    const own = this.#known(id);
    await own.opened;
    own.stream?.end();
    const pod = await this.#ready(own, own.restarts + 1);
    this.#join(own, pod);
    await this.#come('restarted', pod);
    return pod;
  }

  async terminate(pod: Endpoint): Promise<void> {
    const own = this.#known(pod.id);
    // An agent without a stream would end at once.
    await own.opened;
    const told = own.stream?.ask<'ending'>({ verb: 'ending' }, 0);
    await this.#kube.startDeletion(own.object);
    const answer = await told;
    if (!answer?.ok) {
      throw new NetproofError(`its deletion did not come to ${pod.id}: ${answer?.reason}`, {
        code: 'NOT_TOLD',
        exit: exitCode.environment,
      });
    }
    own.told = true;
    await this.#come('terminating', pod);
  }

  async remove(pods?: readonly Endpoint[]): Promise<void> {
    const some = pods?.map(({ id }) => this.#known(id)) ?? [...this.#own.values()];
    if (some.length === 0) return;
    await Promise.all(some.map(({ applied }) => applied.catch(() => {})));
    for (const { stream, told } of some) {
      if (told) stream?.end();
      else void stream?.ask<'ending'>({ verb: 'ending' }, 0).then(() => stream.end());
    }
    const left = await this.#kube.remove(some.map(({ object }) => object));
    for (const { object, pod } of some) {
      if (pod) this.#probes.leave(pod);
      this.#own.delete(endpointId(namespace, object.metadata.name));
    }
    if (left.length > 0) throw notRemoved(left);
    for (const pod of pods ?? []) await this.#come('gone', pod);
  }

  on(moment: PodMoment, act: (pod: Endpoint) => Promise<void>): { stop(): void } {
    const acts = this.#acts.get(moment) ?? new Set();
    this.#acts.set(moment, acts.add(act));
    return { stop: () => void acts.delete(act) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
    await removeLeftPods(this.#kube, this.#image.run);
  }

  async #prepare(): Promise<PodPlan> {
    const plan = { ...this.#image, agentSource: await bundleAgent() };
    await this.#kube.put(newPodsBasis(plan));
    return plan;
  }

  async #ready(own: Own, restarts: number): Promise<Endpoint> {
    const selection = { namespace, labelSelector: own.label, count: 1, restarts };
    const [seen] = await this.#kube.wait.pods(selection, bounds.podReady);
    const [pod] = seen === undefined ? [] : endpointsOf(seen);
    if (seen === undefined || pod === undefined) throw new Error('a pod that is Ready was not given');
    own.restarts = restartsOf(seen);
    return pod;
  }

  #join(own: Own, pod: Endpoint): void {
    Object.assign(own, { pod }, this.#probes.join(pod));
  }

  async #come(moment: PodMoment, pod: Endpoint): Promise<void> {
    for (const act of this.#acts.get(moment) ?? []) await act(pod);
  }

  #known(id: string): Own {
    const own = this.#own.get(id);
    if (own === undefined) throw new Error(`${id} is no pod that was started and is still there`);
    return own;
  }
}

/**
 * Removes pods that were started and not removed: those of a run on a kept cluster that was killed.
 *
 * @param run of this run alone; of every one without it
 * @returns their names
 * @throws NetproofError `NOT_REMOVED`
 */
export async function removeLeftPods(kube: Kube, run?: string): Promise<readonly string[]> {
  const labels = run === undefined ? {} : { labelSelector: `${runLabel}=${run}` };
  const all = await kube.list({ apiVersion: 'v1', kind: 'Pod', namespace, ...labels });
  const ours = all.filter(({ metadata }) => metadata.namespace === namespace);
  const left = ours.length === 0 ? [] : await kube.remove(ours);
  if (left.length > 0) throw notRemoved(left);
  return ours.map(({ metadata }) => endpointId(namespace, metadata.name));
}
