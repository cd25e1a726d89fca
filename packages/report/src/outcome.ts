import { type Result, results } from '@netproof/core';
import type { Outcome, OutcomeWord } from './model.ts';

/** Whether it is without a fault, so that it says something about the cluster as it is. */
export function isBaseline({ fault }: { readonly fault?: string | undefined }): boolean {
  return fault === undefined || fault === 'none';
}

/** Whether the check came to its end. */
export function isFinished<O extends Outcome>(outcome: O): outcome is O & { readonly result: Result } {
  return (results as readonly string[]).includes(outcome.result);
}

/** Worst first. What is not known is worse than what is fine, and better than what is wrong. */
export const badness: readonly OutcomeWord[] = [
  'fail',
  'error',
  'unfinished',
  'not-run',
  'inconclusive',
  'pass',
  'observed',
  'not-applicable',
];

/** Sorts outcomes, the worst first. */
export function byBadness(a: Outcome, b: Outcome): number {
  return badness.indexOf(a.result) - badness.indexOf(b.result);
}

/** What stands for a check on a cluster where it ran several times without a fault: the worst of them. */
export function standing(outcomes: readonly Outcome[], cluster: string): Outcome | undefined {
  return outcomes
    .filter((outcome) => outcome.cluster === cluster && isBaseline(outcome))
    .toSorted(byBadness)[0];
}
