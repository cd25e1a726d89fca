import {
  type CheckContext,
  type CheckResult,
  type Counted,
  type Coverage,
  divergenceState,
  type RecordedDivergence,
} from '@netproof/core';
import type { Evidence } from '@netproof/evidence';
import type { LoadedCheck } from './checks.ts';
import type { Journal } from './journal.ts';
import { linesOf, toldOf } from './lines.ts';
import { type Group, Red, Undecided } from './mocha-run.ts';
import { type CheckOutcome, runCheck } from './run-check.ts';
import type { Line, Told } from './ui.ts';

export interface SuiteOptions {
  readonly checks: readonly LoadedCheck[];
  readonly context: Omit<CheckContext, 'judge'>;
  readonly journal: Journal;
  readonly cluster: string;
  /** The options of a command that name it. */
  readonly where: string;
  /** What the cluster records of checks, by their ids. */
  readonly divergences: ReadonlyMap<string, RecordedDivergence>;
  readonly coverage: Coverage;
  readonly vanished: () => Promise<string | undefined>;
  /** Keeps what the nodes know of a check with an unwelcome result. */
  readonly collect: (check: LoadedCheck, outcome: CheckResult, fault?: string) => Promise<Evidence>;
  readonly onLine: Line;
}

/** The command that repeats a check. */
export function again(
  mode: 'run' | 'prove',
  { coverage, where }: Pick<SuiteOptions, 'coverage' | 'where'>,
  check: string,
): string {
  const thinned = coverage === 'all' ? '' : ` --coverage ${coverage}`;
  return `pnpm netproof ${mode} ${where} --check ${check}${thinned}`;
}

/** Every check once, grouped by suite: the first part of its id. Results are appended in their order. */
export function checksOnce(options: SuiteOptions, results: Counted[]): readonly Group[] {
  const bySuite = Map.groupBy(options.checks, ({ id }) => id.split('/')[0] ?? id);
  return [...bySuite].map(([title, checks]) => ({
    title,
    cases: checks.map((check) => ({
      title: check.id,
      async run() {
        const outcome = await once(options, check, results);
        const { result } = outcome;
        const state = divergenceState(outcome);
        // What a cluster records decides what fails: `--bail` ends at the same that the exit code counts.
        if (state === 'known') throw new Undecided(state);
        if (state === 'unexpected-pass') throw new Red(state);
        if (result === 'fail' || result === 'error') throw new Red(result);
        if (result !== 'pass' && result !== 'observed') throw new Undecided(result);
      },
    })),
  }));
}

/**
 * Runs a check without a fault, appends its result, and prints what came of it.
 *
 * @param proved in a proof `none` as the fault
 */
export async function once(
  options: SuiteOptions,
  check: LoadedCheck,
  results: Counted[],
  proved: Pick<Told, 'fault'> = {},
): Promise<CheckOutcome> {
  const repeat = again('run', options, check.id);
  const outcome = await runCheck({
    check,
    context: options.context,
    journal: options.journal,
    divergence: options.divergences.get(check.id),
    again: repeat,
    vanished: options.vanished,
    onResult: async (result) => (result.result === 'fail' ? options.collect(check, result) : undefined),
  });
  const { result, divergence } = outcome;
  results.push({ result, ...(divergence && { divergence }) });
  options.onLine(linesOf(outcome, options.cluster, repeat), toldOf(outcome, options.cluster, repeat, proved));
  return outcome;
}
