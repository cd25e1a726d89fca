import { describeDivergence, divergenceState, type Result, results } from '@netproof/core';
import type { Outcome, ShownWord } from './model.ts';

/** Whether it is without a fault, so that it says something about the cluster as it is. */
export function isBaseline({ fault }: { readonly fault?: string | undefined }): boolean {
  return fault === undefined || fault === 'none';
}

/** Whether the check came to its end. */
export function isFinished<O extends Outcome>(outcome: O): outcome is O & { readonly result: Result } {
  return (results as readonly string[]).includes(outcome.result);
}

/** How an outcome is shown: its result, unless the cluster records that it is known to fail. */
export function shown(outcome: Pick<Outcome, 'result' | 'divergence'>): ShownWord {
  const state = divergenceState(outcome);
  return state === undefined || state === 'expired' ? outcome.result : state;
}

/** Findings in their order, but what is wrong before what is not known: it is what the check failed of. */
export function failsFirst(findings: Outcome['findings']): Outcome['findings'] {
  return findings.toSorted((a, b) => Number(b.kind === 'fail') - Number(a.kind === 'fail'));
}

/** What is to be said of an outcome in a line: what the cluster records of it, then why, or the first thing that is wrong. */
export function gistOf(outcome: Outcome): string | undefined {
  const { findings, reason } = outcome;
  const why = reason ?? failsFirst(findings)[0]?.message;
  const parts = [describeDivergence(outcome), why].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join('. ') : undefined;
}

/** Whether a failure of it is recorded as known, and the entry still counts. */
export function isRecorded({ divergence, result }: Outcome): boolean {
  return divergence?.expired === false && result !== 'not-applicable';
}

/** Worst first. What is not known is worse than what is fine, and better than what is wrong. */
export const badness: readonly ShownWord[] = [
  'fail',
  'unexpected-pass',
  'error',
  'unfinished',
  'not-run',
  'inconclusive',
  'known',
  'pass',
  'observed',
  'not-applicable',
];

/** Sorts outcomes, the worst first. */
export function byBadness(a: Outcome, b: Outcome): number {
  return badness.indexOf(shown(a)) - badness.indexOf(shown(b));
}

/** What stands for a check on a cluster where it ran several times without a fault: the worst of them. */
export function standing(outcomes: readonly Outcome[], cluster: string): Outcome | undefined {
  return outcomes
    .filter((outcome) => outcome.cluster === cluster && isBaseline(outcome))
    .toSorted(byBadness)[0];
}
