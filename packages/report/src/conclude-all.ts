import type { Conclusion, MergedRun } from './model.ts';
import { every, spoken, verb } from './sentence.ts';

/** What is worst of several runs stands for all; those that do not apply count where there are no others. */
const gravity: readonly Conclusion['result'][] = [
  'fail',
  'unexpected-pass',
  'error',
  'interrupted',
  'inconclusive',
  'nothing-judged',
  'known',
  'pass',
  'not-applicable',
];

const became: Readonly<Record<Conclusion['result'], (names: string, many: number) => string>> = {
  fail: (names, many) => `${names} ${verb(many, 'fails', 'fail')}`,
  'unexpected-pass': (names, many) =>
    `${names} ${verb(many, 'passes', 'pass')} what is recorded as known to fail`,
  known: (names, many) => `${names} ${verb(many, 'fails', 'fail')} only where that is known`,
  error: (names, many) => `${names} ended in ${verb(many, 'an error', 'errors')}`,
  interrupted: (names, many) => `${names} ${verb(many, 'was', 'were')} broken off`,
  inconclusive: (names, many) => `${names} ${verb(many, 'is', 'are')} undecided`,
  'nothing-judged': (names) => `nothing was judged on ${names}`,
  pass: (names, many) => `${names} ${verb(many, 'passes', 'pass')}`,
  'not-applicable': (names, many) => `${names} ${verb(many, 'does', 'do')} not apply`,
};

/** Several runs in one sentence, the worst first; a single one in its own. */
export function concludeAll(runs: readonly MergedRun[]): Conclusion {
  const [first, ...others] = runs;
  if (first && others.length === 0) return first.model.conclusion;
  const byResult = Map.groupBy(runs, ({ model }) => model.conclusion.result);
  const groups = gravity.flatMap((result) => {
    const names = byResult.get(result)?.map(({ name }) => name);
    return names ? [{ result, said: became[result](spoken(names), names.length) }] : [];
  });
  const what = clustersOrRuns(runs);
  if (groups.length === 1 && groups[0]?.result === 'pass') {
    const all = every(runs.length, what.slice(0, -1));
    return { result: 'pass', sentence: `${all} pass: ${spoken(runs.map(({ name }) => name))}.` };
  }
  return {
    result: groups[0]?.result ?? 'nothing-judged',
    sentence: `Of ${runs.length} ${what}, ${groups.map(({ said }) => said).join('; ')}.`,
  };
}

/** What runs are called: clusters where each is of another one. */
export function clustersOrRuns(runs: readonly MergedRun[]): 'clusters' | 'runs' {
  return new Set(runs.map(({ cluster }) => cluster)).size === runs.length ? 'clusters' : 'runs';
}
