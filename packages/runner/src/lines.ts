import { styleText } from 'node:util';
import type { CheckResult, Result } from '@netproof/core';

const words: Record<Result, { sign: string; colour: 'green' | 'red' | 'yellow' | 'gray' }> = {
  pass: { sign: '✓', colour: 'green' },
  observed: { sign: '·', colour: 'green' },
  fail: { sign: '✗', colour: 'red' },
  error: { sign: '!', colour: 'red' },
  inconclusive: { sign: '?', colour: 'yellow' },
  'not-applicable': { sign: '-', colour: 'gray' },
};

/** The lines that a terminal shows for one result: one where all is well, all findings where not. */
export function linesOf(
  { check, result, ms, reason, judgement }: CheckResult,
  cluster: string,
  again: string,
): string {
  const { sign, colour } = words[result];
  const head = `${styleText(colour, `${sign} ${result}`)} ${check}  ${cluster}  ${seconds(ms)}`;
  if (result === 'pass' || result === 'observed') return `${head}  ${judgement?.judged ?? 0} facts`;
  if (result === 'not-applicable') return `${head}  ${reason ?? ''}`;
  const findings = (judgement?.findings ?? []).map(({ message }) => `    ${message}`);
  return [head, ...findings, `    again: ${again}`].join('\n');
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
