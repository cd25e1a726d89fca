import { describe, type IsolationStep, type Judge } from '@netproof/core';
import type { Oracle } from '@netproof/policy';
import { stringify } from 'yaml';
import { type Held, isWrong } from './field.ts';
import { oracleId } from './world.ts';

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
  const byCell = new Map(decided.map((held) => [held.cell, held]));
  const since = ((curve.at(0)?.ms ?? 0) / 1000).toFixed(1);
  judge.every({ cells: decided.map(({ cell }) => cell), ms: 0 }, (cell) => {
    const held = byCell.get(cell);
    if (held === undefined || !isWrong(held)) return undefined;
    const { protocol, port } = cell.port;
    // Policies have no words for it.
    if (protocol === 'ICMP') return undefined;
    const question = {
      from: oracleId(cell.source),
      to: oracleId(cell.target.endpoint ?? cell.source),
      via: held.via,
      protocol,
      port,
    };
    const often = samples.filter((sample) =>
      sample.some((one) => sameCell(one, held) && isWrong(one)),
    ).length;
    return [
      `${describe(cell)}, must be ${held.expected} in step "${title}"; so in ${often} of ${samples.length} samples, the first ${since} s after the change`,
      truth.explain(question),
      ...truth.concerning(question).map((policy) => stringify(policy).trimEnd()),
    ].join('\n');
  });
}

function sameCell(one: Held, other: Held): boolean {
  const [a, b] = [one.cell, other.cell];
  return (
    a.source === b.source &&
    a.target.label === b.target.label &&
    a.port.protocol === b.port.protocol &&
    a.port.port === b.port.port
  );
}
