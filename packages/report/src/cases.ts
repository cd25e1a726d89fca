import { posix } from 'node:path';
import { describeDivergence } from '@netproof/core';
import { isInside } from './evidence-files.ts';
import { stateOf } from './kills.ts';
import type { Kill, Merged, MergedRun, Outcome, ShownWord } from './model.ts';
import { failsFirst, isBaseline, isRecorded, shown } from './outcome.ts';
import { folderOf } from './shards.ts';
import { killInWords } from './words.ts';

/**
 * One result as lists of tests have it: a check on a cluster, in a proof a cell of the kill matrix, or a check that has
 * none because it is known to fail.
 */
export interface Case {
  /** The first part of the check's id. */
  readonly suite: string;
  /** `pod-network/no-nat/other-node [bridge]`, in a proof with its fault behind it. Unique. */
  readonly name: string;
  /** In a proof `pass` where the cell is as expected, and `fail` where it is not. */
  readonly result: ShownWord;
  readonly ms: number;
  /** What the cluster records of it, what is wrong, or why there is no result. */
  readonly messages: readonly string[];
  /** The folder of what was kept, below that of the report: `bridge/evidence/pod-network-no-nat-other-node`. */
  readonly evidence?: string;
  /** The command that repeats it. */
  readonly again?: string;
}

/**
 * All results of a run. Where none of them shows that the run itself came to a bad end, or that the machine could not
 * carry its cluster, that is a case too: a list that is empty or green must not say more than the run does.
 */
export function casesOf(run: MergedRun): readonly Case[] {
  const { checks, killMatrix, conclusion } = run.model;
  const cases = killMatrix ? ofKills(run, killMatrix) : checks.flatMap((check) => ofCheck(run, check));
  const red = cases.some(({ result }) => isRed(result));
  const ended = { suite: 'netproof', name: `the run [${run.name}]`, ms: 0, messages: [conclusion.sentence] };
  if (!red && (conclusion.result === 'error' || conclusion.result === 'interrupted'))
    return [...cases, { ...ended, result: 'error' }];
  if (conclusion.result === 'not-applicable' && cases.length === 0)
    return [{ ...ended, result: 'not-applicable' }];
  return cases;
}

/** Whether totals count it as failed. */
export function isRed(result: ShownWord): boolean {
  return ['fail', 'unexpected-pass', 'error', 'unfinished'].includes(result);
}

function ofCheck(run: MergedRun, { id, outcomes }: Merged['checks'][number]): Case[] {
  return outcomes.flatMap((outcome) => (outcome ? [caseOf(run, id, outcome)] : []));
}

function ofKills(run: MergedRun, kills: readonly Kill[]): readonly Case[] {
  const cells = Map.groupBy(kills, ({ check, fault }) => JSON.stringify([check, fault]));
  const ofCells = [...cells.values()].flatMap((some) =>
    some.map((kill, at): Case => {
      const { check, fault } = kill;
      const own = run.model.checks.find(({ id }) => id === check)?.outcomes ?? [];
      const outcome = own.filter((one) => (isBaseline(one) ? 'none' : one.fault) === fault)[at];
      const state = stateOf(kill);
      const turn = some.length > 1 ? `, ${at + 1} of ${some.length}` : '';
      const under = isBaseline({ fault }) ? bare : `under ${fault}`;
      const { messages, ...rest } = caseOf(run, check, outcome ?? { result: kill.result, findings: [] });
      return {
        ...rest,
        name: `${rest.name} ${under}${turn}`,
        result: words[state],
        messages:
          state === 'expected' || state === 'notApplicable' ? messages : [killInWords(kill), ...messages],
      };
    }),
  );
  const known = run.model.checks.flatMap(({ id, outcomes }) =>
    outcomes.filter(isRecorded).map((outcome) => caseOf(run, id, outcome)),
  );
  return [...ofCells, ...known.map((one) => ({ ...one, name: `${one.name} ${bare}` }))];
}

const bare = 'without a fault';

const words = {
  expected: 'pass',
  unexpected: 'fail',
  open: 'inconclusive',
  notApplicable: 'not-applicable',
} as const;

type Told = Pick<Outcome, 'result' | 'findings' | 'ms' | 'reason' | 'evidence' | 'again' | 'divergence'>;

function caseOf(run: MergedRun, check: string, outcome: Told): Case {
  const { result, ms = 0, reason, findings, evidence = [], again } = outcome;
  const note = describeDivergence(outcome);
  const [file] = evidence.map(({ file }) => file).filter(isInside);
  return {
    suite: check.split('/')[0] ?? check,
    name: `${check} [${run.name}]`,
    result: shown(outcome),
    ms,
    messages: [
      ...(note === undefined ? [] : [note]),
      ...(reason === undefined ? [] : [reason]),
      ...failsFirst(findings).map(({ message }) => message),
      ...(result === 'unfinished' ? ['it was running when the run ended'] : []),
      ...(result === 'not-run' ? ['it was planned and never began'] : []),
    ],
    ...(file !== undefined && { evidence: posix.join(folderOf(run, check), posix.dirname(file)) }),
    ...(again !== undefined && { again }),
  };
}
