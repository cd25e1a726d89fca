import type { Need } from './check.ts';
import type { Cluster, Nodes, Objects, Probes } from './ports.ts';

export interface FaultContext {
  readonly cluster: Cluster;
  readonly nodes: Nodes;
  readonly objects: Objects;
  readonly probes: Probes;
}

/** A fault that is in place. */
export interface AppliedFault {
  /**
   * How often the fault has changed traffic since it was applied, from a counter of the kernel.
   * A rule that exists proves nothing; a rule that counted packets does.
   */
  effect(): Promise<number>;
  /** Takes it out again and rejects when it is still there. Safe to call twice. */
  revert(): Promise<void>;
}

/** A deliberate, reversible defect. Its file is `packages/faults/src/<id>.ts`. */
export interface Fault {
  readonly id: string;
  /** One sentence: what breaks, and which real mistake looks like it. */
  readonly story: string;
  readonly needs: readonly Need[];
  apply(context: FaultContext): Promise<AppliedFault>;
}

export function fault(definition: Fault): Fault {
  return definition;
}

/** What the kill matrix expects of one check under one fault. */
export type Expectation = 'must' | 'may' | 'never';

/**
 * Whether a result is what the kill matrix expects. Only `fail` is red; `error` and `inconclusive`
 * never fill a must-redden cell, and never pass for green.
 */
export function asExpected(expectation: Expectation, result: string): boolean {
  if (expectation === 'must') return result === 'fail';
  if (expectation === 'may') return result === 'fail' || result === 'pass';
  return result === 'pass';
}
