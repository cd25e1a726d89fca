import type { Merged, MergedCheck, MergedRun, Outcome, ShownWord } from './model.ts';
import { badness, shown } from './outcome.ts';

/** The checks of a suite; a suite is the first part of its checks' ids. */
export interface SuiteRow {
  readonly suite: string;
  readonly checks: readonly MergedCheck[];
}

export function suitesOf({ checks }: Pick<Merged, 'checks'>): readonly SuiteRow[] {
  return [...Map.groupBy(checks, ({ id }) => id.split('/')[0] ?? id)].map(([suite, some]) => ({
    suite,
    checks: some,
  }));
}

/**
 * What came of a check in a run: also where the run never had a cluster, or had one that does not apply. Undefined
 * where the check was not planned.
 */
export function wordOf({ model }: MergedRun, outcome: Outcome | undefined): ShownWord | undefined {
  if (outcome) return shown(outcome);
  const [cluster] = model.clusters;
  if (cluster === undefined) return 'not-run';
  return cluster.notApplicable && 'not-applicable';
}

/** What came of some checks in a run, in numbers. */
export interface Tally {
  /** The worst that came of any of them; undefined where none was planned. */
  readonly worst: ShownWord | undefined;
  /** How many came to that, of how many that apply. `observed` counts as passed. */
  readonly many: number;
  readonly of: number;
  /** What else is not as good: `1 undecided`, `2 not applicable`. */
  readonly rest: readonly { readonly word: ShownWord; readonly many: number }[];
}

export function tallyOf(words: readonly (ShownWord | undefined)[]): Tally {
  const counts = badness.flatMap((word) => {
    const many = words.filter((one) => (one === 'observed' ? 'pass' : one) === word).length;
    return many > 0 ? [{ word, many }] : [];
  });
  const [worst, ...rest] = counts;
  return {
    worst: worst?.word,
    many: worst?.many ?? 0,
    of: counts.reduce((sum, { word, many }) => sum + (word === 'not-applicable' ? 0 : many), 0),
    rest: rest.filter(({ word }) => word !== 'pass'),
  };
}
