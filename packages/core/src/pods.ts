import type { Milliseconds } from './bounds.ts';
import type { Endpoint } from './endpoint.ts';

/** A pod that a check has started, and when. Times are by `performance.now()`. */
export interface StartedPod {
  /** Probes know it until it is removed: `new/1`. */
  readonly pod: Endpoint;
  /** When it went to the API server. */
  readonly sentAt: Milliseconds;
  /** When the API said that it is Ready. */
  readonly readyAt: Milliseconds;
}

/**
 * Pods that a check starts beside the resident ones, with the same agent. No policy of ours selects them, and no Service
 * but that of the check which is about them. Those that a check leaves are removed after it.
 */
export interface Pods {
  /**
   * Starts one on a node. Resolves at the moment when the API says that it is Ready.
   *
   * @throws NetproofError `NOT_READY` after `bounds.podReady`, with what keeps it
   */
  start(node: string): Promise<StartedPod>;
  /**
   * Has its container end by itself. Resolves with the pod as the API has it when another container of it is Ready.
   *
   * @throws NetproofError `NOT_READY`
   */
  restart(pod: Endpoint): Promise<Endpoint>;
  /**
   * Deletes it. Resolves when its container was told to end; it goes on with its work until `remove`, and no longer
   * than its grace period.
   */
  terminate(pod: Endpoint): Promise<void>;
  /**
   * Deletes pods, whether or not they terminate already; without a name all that are there. Resolves when the API has
   * them no more.
   *
   * @throws NetproofError `NOT_REMOVED` with those that stay
   */
  remove(pods?: readonly Endpoint[]): Promise<void>;
}

/** Moments in the life of a pod that a check starts, each before the check hears of it. */
export type PodMoment = 'ready' | 'restarted' | 'terminating' | 'gone';

/** For faults that begin with pods which are not there yet. */
export interface PodLifecycle {
  /**
   * Does something to each pod at that moment of its life, until it is called off. What a check leaves and is removed
   * after it has no such moment.
   */
  on(moment: PodMoment, act: (pod: Endpoint) => Promise<void>): { stop(): void };
}
