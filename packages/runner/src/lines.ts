import { relative } from 'node:path';
import { styleText } from 'node:util';
import { type DivergenceState, describeDivergence, divergenceState, type Result } from '@netproof/core';
import type { CheckOutcome } from './run-check.ts';
import type { Told } from './ui.ts';

interface Word {
  readonly sign: string;
  readonly colour: 'green' | 'red' | 'yellow' | 'gray';
  readonly state: Told['state'];
}

const words: Record<Result, Word> = {
  pass: { sign: '✓', colour: 'green', state: 'good' },
  observed: { sign: '·', colour: 'green', state: 'good' },
  fail: { sign: '✗', colour: 'red', state: 'red' },
  error: { sign: '!', colour: 'red', state: 'red' },
  inconclusive: { sign: '?', colour: 'yellow', state: 'open' },
  'not-applicable': { sign: '-', colour: 'gray', state: 'good' },
};

const recorded: Record<DivergenceState, Word> = {
  known: { sign: '≈', colour: 'yellow', state: 'known' },
  expired: words.fail,
  'unexpected-pass': words.fail,
};

function wordOf(outcome: CheckOutcome): Word {
  const state = divergenceState(outcome);
  return state ? recorded[state] : words[outcome.result];
}

/** The lines that a terminal shows for one result: one where all is well, all findings where not. */
export function linesOf(outcome: CheckOutcome, cluster: string, again: string): string {
  const { check, result, ms, reason, judgement } = outcome;
  const { sign, colour } = wordOf(outcome);
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

/** The same for programs; in a proof `proved` says under which fault, and whether it is as expected. */
export function toldOf(
  outcome: CheckOutcome,
  cluster: string,
  again: string,
  proved: Partial<Pick<Told, 'fault' | 'state'>> = {},
): Told {
  const { check, result, ms, reason, judgement, evidence } = outcome;
  const { state } = wordOf(outcome);
  const note = describeDivergence(outcome);
  return {
    ...{ event: 'result', check, cluster, result, state, ...proved, ms, judged: judgement?.judged ?? 0 },
    ...(note !== undefined && { note }),
    ...(reason !== undefined && { reason }),
    findings: judgement?.findings.map(({ message }) => message) ?? [],
    ...(evidence && { evidence: relative(process.cwd(), evidence.folder) }),
    again,
  };
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
