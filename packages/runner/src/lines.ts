import { relative } from 'node:path';
import { styleText } from 'node:util';
import type { Result } from '@netproof/core';
import type { CheckOutcome } from './run-check.ts';

const words: Record<Result, { sign: string; colour: 'green' | 'red' | 'yellow' | 'gray' }> = {
  pass: { sign: '✓', colour: 'green' },
  observed: { sign: '·', colour: 'green' },
  fail: { sign: '✗', colour: 'red' },
  error: { sign: '!', colour: 'red' },
  inconclusive: { sign: '?', colour: 'yellow' },
  'not-applicable': { sign: '-', colour: 'gray' },
};

/** The lines that a terminal shows for one result: one where all is well, all findings where not. */
export function linesOf(outcome: CheckOutcome, cluster: string, again: string): string {
  const { check, result, ms, reason, judgement } = outcome;
  const { sign, colour } = words[result];
  const head = `${styleText(colour, `${sign} ${result}`)} ${check}  ${cluster}  ${seconds(ms)}`;
  if (result === 'pass' || result === 'observed') return `${head}  ${judgement?.judged ?? 0} facts`;
  if (result === 'not-applicable') return `${head}  ${reason ?? ''}`;
  return [head, ...detailsOf(outcome, again)].join('\n');
}

/**
 * What one needs to go on from an unwelcome result: findings, how far the packets came, where the evidence is, how to
 * see it again.
 */
export function detailsOf({ judgement, evidence }: CheckOutcome, again: string): readonly string[] {
  const findings = (judgement?.findings ?? []).map(({ message }) => `    ${message}`);
  const problems = (evidence?.problems ?? []).map((problem) => `    ! not collected: ${problem}`);
  const far = evidence?.lastSeen === undefined ? [] : [`    ${evidence.lastSeen}`];
  const kept = evidence ? [`    evidence: ${relative(process.cwd(), evidence.folder)}/`] : [];
  return [...findings, ...far, ...kept, ...problems, `    again: ${again}`];
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
