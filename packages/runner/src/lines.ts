import { relative } from 'node:path';
import { styleText } from 'node:util';
import { type DivergenceState, describeDivergence, divergenceState, type Result } from '@netproof/core';
import type { CheckOutcome } from './run-check.ts';

interface Word {
  readonly sign: string;
  readonly colour: 'green' | 'red' | 'yellow' | 'gray';
}

const words: Record<Result, Word> = {
  pass: { sign: '✓', colour: 'green' },
  observed: { sign: '·', colour: 'green' },
  fail: { sign: '✗', colour: 'red' },
  error: { sign: '!', colour: 'red' },
  inconclusive: { sign: '?', colour: 'yellow' },
  'not-applicable': { sign: '-', colour: 'gray' },
};

const states: Record<DivergenceState, Word> = {
  known: { sign: '≈', colour: 'yellow' },
  expired: words.fail,
  'unexpected-pass': words.fail,
};

/** The lines that a terminal shows for one result: one where all is well, all findings where not. */
export function linesOf(outcome: CheckOutcome, cluster: string, again: string): string {
  const { check, result, ms, reason, judgement } = outcome;
  const state = divergenceState(outcome);
  const { sign, colour } = state ? states[state] : words[result];
  const head = `${styleText(colour, `${sign} ${result}`)} ${check}  ${cluster}  ${seconds(ms)}${noteOf(outcome)}`;
  if (result === 'pass' || result === 'observed') return `${head}  ${judgement?.judged ?? 0} facts`;
  if (result === 'not-applicable') return `${head}  ${reason ?? ''}`;
  return [head, ...detailsOf(outcome, again)].join('\n');
}

/** What the cluster records of a check, behind its result: `  known: nodes masquerade, until 2027-03-01 (https://…)`. */
export function noteOf(outcome: CheckOutcome): string {
  const note = describeDivergence(outcome);
  return note === undefined ? '' : `  ${note} (${outcome.divergence?.reference})`;
}

/** What one needs to go on from an unwelcome result: findings, where the evidence is, how to see it again. */
export function detailsOf({ judgement, evidence }: CheckOutcome, again: string): readonly string[] {
  const findings = (judgement?.findings ?? []).map(({ message }) => `    ${message}`);
  const problems = (evidence?.problems ?? []).map((problem) => `    ! not collected: ${problem}`);
  const kept = evidence ? [`    evidence: ${relative(process.cwd(), evidence.folder)}/`] : [];
  return [...findings, ...kept, ...problems, `    again: ${again}`];
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
