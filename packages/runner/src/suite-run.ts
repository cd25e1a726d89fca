import type { CheckContext, CheckResult, Result } from '@netproof/core';
import type { Evidence } from '@netproof/evidence';
import type { LoadedCheck } from './checks.ts';
import type { Journal } from './journal.ts';
import { linesOf, toldOf } from './lines.ts';
import { type Group, Red, Undecided } from './mocha-run.ts';
import { runCheck } from './run-check.ts';
import type { Line } from './ui.ts';

export interface SuiteOptions {
  readonly checks: readonly LoadedCheck[];
  readonly context: Omit<CheckContext, 'judge'>;
  readonly journal: Journal;
  readonly cluster: string;
  readonly vanished: () => Promise<string | undefined>;
  /** Keeps what the nodes know of a check with an unwelcome result. */
  readonly collect: (check: LoadedCheck, outcome: CheckResult, fault?: string) => Promise<Evidence>;
  readonly onLine: Line;
}

/** The command that repeats a check. */
export function again(mode: 'run' | 'prove', cluster: string, check: string): string {
  return `pnpm netproof ${mode} --cluster ${cluster} --check ${check}`;
}

/** Every check once, grouped by suite: the first part of its id. Results are appended in their order. */
export function checksOnce(options: SuiteOptions, results: { result: Result }[]): readonly Group[] {
  const bySuite = Map.groupBy(options.checks, ({ id }) => id.split('/')[0] ?? id);
  return [...bySuite].map(([title, checks]) => ({
    title,
    cases: checks.map((check) => ({
      title: check.id,
      async run() {
        const repeat = again('run', options.cluster, check.id);
        const outcome = await runCheck({
          check,
          context: options.context,
          journal: options.journal,
          again: repeat,
          vanished: options.vanished,
          onResult: async (result) => (result.result === 'fail' ? options.collect(check, result) : undefined),
        });
        results.push({ result: outcome.result });
        options.onLine(linesOf(outcome, options.cluster, repeat), toldOf(outcome, options.cluster, repeat));
        if (outcome.result === 'fail' || outcome.result === 'error') throw new Red(outcome.result);
        if (outcome.result !== 'pass' && outcome.result !== 'observed') throw new Undecided(outcome.result);
      },
    })),
  }));
}
