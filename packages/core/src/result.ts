import type { Milliseconds } from './bounds.ts';
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
}

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
}

/** `observed` counts as passed, `not-applicable` and `inconclusive` as skipped, `error` as failed. */
export function totals(all: readonly Pick<CheckResult, 'result'>[]): Totals {
  const count = (...some: Result[]) => all.filter(({ result }) => some.includes(result)).length;
  return {
    passed: count('pass', 'observed'),
    failed: count('fail', 'error'),
    skipped: count('not-applicable', 'inconclusive'),
  };
}

/** How the command ends after these results. */
export function exitOf(all: readonly Pick<CheckResult, 'result'>[]): ExitCode {
  const has = (result: Result) => all.some((one) => one.result === result);
  if (has('fail')) return exitCode.checkFailed;
  if (has('error')) return exitCode.defect;
  if (has('inconclusive')) return exitCode.undecided;
  if (all.length === 0) return exitCode.defect;
  // Where nothing applied, nothing was proved.
  return has('pass') || has('observed') ? exitCode.pass : exitCode.undecided;
}
