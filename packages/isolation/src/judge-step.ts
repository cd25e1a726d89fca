import { describe, type IsolationStep, type Judge } from '@netproof/core';
import type { NetworkPolicy, Oracle, Question } from '@netproof/policy';
import { stringify } from 'yaml';
import { type Held, isAnswered, isWrong, questionOf } from './field.ts';

export interface JudgedStep {
  readonly title: string;
  readonly truth: Oracle;
  readonly samples: readonly (readonly Held[])[];
  readonly curve: IsolationStep['curve'];
}

/** Judges a step by its last sample, which had the whole window: made when all was as the policies say, or never came to that. */
export function judgeStep({ title, truth, samples, curve }: JudgedStep, judge: Judge): void {
  const last = samples.at(-1) ?? [];
  const decided = last.filter(({ expected }) => expected !== 'implementation-defined');
  judgeEach(decided, judge, (held, question) => {
    if (!isWrong(held)) return undefined;
    const often = samples.filter((sample) =>
      sample.some((one) => sameCell(one, held) && isWrong(one)),
    ).length;
    const seen = `so in ${often} of ${samples.length} samples, the first ${seconds(curve.at(0))} s after the change`;
    return [
      `${describe(held.cell)}, must be ${held.expected} in step "${title}"; ${seen}`,
      ...reasons(truth, question),
    ].join('\n');
  });
}

/** A pair that is denied all the time while a step is made, and the policy that stays as it is and isolates it. */
export interface Standing {
  readonly held: Held;
  readonly policy: NetworkPolicy;
}

/** Judges the look in which such a pair was answered. Of all others it tells nothing: the step may be on its way. */
export function judgeStanding(
  { title, truth, curve }: JudgedStep,
  standing: readonly Standing[],
  judge: Judge,
): void {
  const policies = new Map(standing.map(({ held, policy }) => [held, policy]));
  judgeEach([...policies.keys()], judge, (held, question) => {
    const { name, namespace } = policies.get(held)?.metadata ?? {};
    if (!isAnswered(held)) return undefined;
    return [
      `${describe(held.cell)} ${seconds(curve.at(-1))} s after the change to step "${title}", must be denied before it, in it and meanwhile: ${namespace}/${name} stands as it was`,
      ...reasons(truth, question),
    ].join('\n');
  });
}

function judgeEach(
  all: readonly Held[],
  judge: Judge,
  requirement: (held: Held, question: Question) => string | undefined,
): void {
  const byCell = new Map(all.map((held) => [held.cell, held]));
  judge.every({ cells: [...byCell.keys()], ms: 0 }, (cell) => {
    const held = byCell.get(cell);
    const question = held && questionOf(held);
    return question && requirement(held, question);
  });
}

function reasons(truth: Oracle, question: Question): readonly string[] {
  return [
    truth.explain(question),
    ...truth.concerning(question).map((policy) => stringify(policy).trimEnd()),
  ];
}

const seconds = (point: IsolationStep['curve'][number] | undefined) => ((point?.ms ?? 0) / 1000).toFixed(1);

function sameCell(one: Held, other: Held): boolean {
  const [a, b] = [one.cell, other.cell];
  return (
    a.source === b.source &&
    a.target.label === b.target.label &&
    a.port.protocol === b.port.protocol &&
    a.port.port === b.port.port
  );
}
