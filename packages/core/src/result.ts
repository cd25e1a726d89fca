import type { Milliseconds } from './bounds.ts';
import { divergenceState, type RecordedDivergence } from './divergence.ts';
import { type ExitCode, exitCode } from './error.ts';
import type { Judgement } from './judge.ts';

/**
 * - `pass`, `fail`: judged
 * - `not-applicable`: the cluster does not claim what the check needs
 * - `observed`: implementation-defined, recorded and not judged
 * - `inconclusive`: the numbers do not decide
 * - `error`: the harness could not do its work
 */
export const results = ['pass', 'fail', 'not-applicable', 'observed', 'inconclusive', 'error'] as const;

export type Result = (typeof results)[number];

export interface CheckResult {
  readonly check: string;
  readonly result: Result;
  readonly ms: Milliseconds;
  /** For `not-applicable`. */
  readonly reason?: string;
  readonly judgement?: Judgement;
  /** Where the cluster records that it is known to fail. */
  readonly divergence?: RecordedDivergence;
}

/** What of a result counts. */
export type Counted = Pick<CheckResult, 'result' | 'divergence'>;

/** A harness that failed somewhere cannot call a network wrong elsewhere, but a proven wrong stays wrong. */
export function resultOf(judgement: Judgement): Result {
  const has = (kind: string) => judgement.findings.some((finding) => finding.kind === kind);
  if (has('fail')) return 'fail';
  if (has('error')) return 'error';
  if (has('inconclusive')) return 'inconclusive';
  return judgement.judged === 0 ? 'error' : 'pass';
}

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Failed as the cluster records it; absent where there are none. */
  readonly known?: number | undefined;
}

const counts: Readonly<Record<Result, keyof Totals>> = {
  pass: 'passed',
  observed: 'passed',
  fail: 'failed',
  error: 'failed',
  'not-applicable': 'skipped',
  inconclusive: 'skipped',
};

/**
 * `observed` counts as passed, `not-applicable` and `inconclusive` as skipped, `error` as failed; an unexpected pass too,
 * because somebody has to act on it.
 */
export function totals(all: readonly Counted[]): Totals {
  const states = { known: 'known', 'unexpected-pass': 'failed', expired: 'failed' } as const;
  const kinds = all.map((one): keyof Totals => {
    const state = divergenceState(one);
    return state ? states[state] : counts[one.result];
  });
  const count = (kind: keyof Totals) => kinds.filter((one) => one === kind).length;
  const known = count('known');
  return {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    ...(known > 0 && { known }),
  };
}

/** How the command ends after these results. */
export function exitOf(all: readonly Counted[]): ExitCode {
  const has = (result: Result) => all.some((one) => one.result === result);
  const states = all.map(divergenceState);
  const fails = all.some(({ result }, at) => result === 'fail' && states[at] !== 'known');
  if (fails || states.includes('unexpected-pass')) return exitCode.checkFailed;
  if (has('error')) return exitCode.defect;
  if (has('inconclusive')) return exitCode.undecided;
  if (all.length === 0) return exitCode.defect;
  // Where nothing applied, nothing was proved.
  return has('pass') || has('observed') || states.includes('known') ? exitCode.pass : exitCode.undecided;
}
