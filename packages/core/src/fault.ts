import type { Need } from './check.ts';
import type { CniLifecycle } from './cni.ts';
import type { Feature } from './features.ts';
import type { Tampering } from './isolation.ts';
import type { PodLifecycle } from './pods.ts';
import type { Cluster, Nodes, Objects, Probes } from './ports.ts';

export interface FaultContext {
  readonly cluster: Cluster;
  readonly nodes: Nodes;
  readonly objects: Objects;
  readonly probes: Probes;
  readonly tampering: Tampering;
  readonly lifecycle: PodLifecycle;
  readonly cni: CniLifecycle;
}

/** A fault that is in place. */
export interface AppliedFault {
  /**
   * How often the fault has changed traffic since it was applied, from a counter of the kernel; one of policies, how
   * often they were applied otherwise than the check was told.
   * A rule that exists proves nothing; a rule that counted packets does. A fault that is a state and meets no traffic
   * is looked for each time, and counts how often two looks in a row found it.
   */
  effect(): Promise<number>;
  /**
   * The same of a fault that traffic meets and that stands written on a node as well, for checks which read that and send
   * nothing. It counts where a check may be red, and not where it must be.
   */
  found?(): Promise<number>;
  /** Takes it out again and rejects when it is still there. Safe to call twice. */
  revert(): Promise<void>;
}

/** A deliberate, reversible defect. Its file is `packages/faults/src/<id>.ts`. */
export interface Fault {
  readonly id: string;
  /** One sentence: what breaks, and which real mistake looks like it. */
  readonly story: string;
  readonly needs: readonly Need[];
  /**
   * Set where it takes the probes' sight and leaves the network right: no check may be red under it, and each
   * that names it in `cloudedBy` must say that it does not know.
   */
  readonly yields?: 'inconclusive';
  /** Features that the cluster lacks while it is in place: a check that needs one is run under it only if it must show there. */
  readonly withholds?: readonly Feature[];
  /**
   * The feature by whose need a check says that it makes what this acts on, where it acts on nothing else: new pods, or
   * policies. Under it any other check is green with nothing in place, which shows nothing, so that it is not run there.
   */
  readonly actsOn?: Feature;
  apply(context: FaultContext): Promise<AppliedFault>;
}

export function fault(definition: Fault): Fault {
  return definition;
}

/**
 * What the kill matrix expects of one check under one fault. `clouded` is of those that a check names in `cloudedBy`,
 * `may-cloud` of all others under faults that yield `inconclusive`; `moves` is to pass with other metrics.
 */
export const expectations = ['must', 'may', 'never', 'clouded', 'may-cloud', 'moves'] as const;

export type Expectation = (typeof expectations)[number];

const fitting: Readonly<Record<Expectation, readonly string[]>> = {
  must: ['fail'],
  may: ['fail', 'pass'],
  never: ['pass'],
  clouded: ['inconclusive'],
  'may-cloud': ['inconclusive', 'pass'],
  moves: ['pass'],
};

/**
 * Whether a result is what the kill matrix expects. Only `fail` is red; `error` and `inconclusive`
 * never fill a must-redden cell, and never pass for green.
 */
export function asExpected(expectation: Expectation, result: string): boolean {
  return fitting[expectation].includes(result);
}

/**
 * Whether a cell of the kill matrix that is not as expected is left open: there was too much noise to call a check green
 * that had to be, or one was red that might be, though the fault had touched nothing of it. It is neither as expected
 * nor against it, and is counted as skipped. Where a fault must show it is never left open.
 */
export function leftOpen(expectation: Expectation, result: string): boolean {
  if (expectation === 'may') return result === 'inconclusive' || result === 'fail';
  return expectation === 'never' && result === 'inconclusive';
}
