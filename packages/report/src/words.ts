import { describeMove, type Expectation, type JournalCell, type Verdict } from '@netproof/core';
import type { Conclusion, Kill, ShownWord } from './model.ts';
import { isBaseline } from './outcome.ts';

/** How a result is shown: a word and a sign, so that nothing rests on the colour (the class) alone. */
export interface Sign {
  readonly word: string;
  readonly glyph: string;
  readonly tone: 'good' | 'bad' | 'warn' | 'odd' | 'note' | 'quiet';
}

export const signs: Readonly<Record<ShownWord | Conclusion['result'], Sign>> = {
  pass: { word: 'PASS', glyph: '✓', tone: 'good' },
  fail: { word: 'FAIL', glyph: '✗', tone: 'bad' },
  known: { word: 'KNOWN TO FAIL', glyph: '≈', tone: 'warn' },
  'unexpected-pass': { word: 'UNEXPECTED PASS', glyph: '✗', tone: 'bad' },
  'not-applicable': { word: 'N/A', glyph: '–', tone: 'quiet' },
  observed: { word: 'OBSERVED', glyph: '○', tone: 'note' },
  inconclusive: { word: 'UNDECIDED', glyph: '?', tone: 'warn' },
  error: { word: 'ERROR', glyph: '!', tone: 'odd' },
  unfinished: { word: 'UNFINISHED', glyph: '…', tone: 'warn' },
  'not-run': { word: 'NOT RUN', glyph: '·', tone: 'quiet' },
  interrupted: { word: 'INTERRUPTED', glyph: '…', tone: 'warn' },
  'nothing-judged': { word: 'NOTHING JUDGED', glyph: '–', tone: 'quiet' },
};

/** A result in a sentence: `2 of 5 undecided`. */
export const outcomeWords: Readonly<Record<ShownWord, string>> = {
  pass: 'pass',
  observed: 'observed',
  fail: 'fail',
  known: 'known to fail',
  'unexpected-pass': 'unexpected pass',
  error: 'in error',
  inconclusive: 'undecided',
  unfinished: 'unfinished',
  'not-run': 'not run',
  'not-applicable': 'not applicable',
};

export const expectations: Readonly<Record<Expectation, string>> = {
  must: 'must fail',
  may: 'may fail or pass',
  never: 'must pass',
  clouded: 'must say that it does not know',
  'may-cloud': 'may pass or say that it does not know',
  moves: 'must pass and show it in what it measures',
};

/** `; deny, p50: 74 → 2081 ms`, and so for each metric that the fault must move; empty for other faults. */
export function moved({ moves = [] }: Pick<Kill, 'moves'>): string {
  return moves.map((move) => `; ${describeMove(move)}`).join('');
}

/** `dns/service/headless under coredns-gone must fail, was pass`. */
export function killInWords(kill: Kill): string {
  const { fault, check, expectation, result } = kill;
  const when = isBaseline({ fault }) ? 'without a fault' : `under ${fault}`;
  return `${check} ${when} ${expectations[expectation]}, was ${result}${moved(kill)}`;
}

/**
 * What a square of a matrix shows: the verdict, that somebody rewrote the client's address on the way, or that what was
 * answered is not what the check requires.
 */
export type Square = Verdict | 'rewritten' | 'broken';

export const squares: Readonly<Record<Square, { readonly letter: string; readonly words: string }>> = {
  connected: { letter: '✓', words: 'connected' },
  rewritten: { letter: 'A', words: 'connected, but the server saw another address than the client has' },
  broken: { letter: '≠', words: 'answered, but not as required' },
  refused: { letter: 'R', words: 'refused' },
  dropped: { letter: 'D', words: 'dropped' },
  unreachable: { letter: 'U', words: 'unreachable' },
  reset: { letter: 'X', words: 'reset' },
  'wrong-peer': { letter: 'W', words: 'answered by the wrong peer' },
  'name-error': { letter: 'N', words: 'name not resolved' },
  'probe-error': { letter: '?', words: 'not known: the probe itself failed' },
};

/** A node has several addresses, and so has whoever speaks over loopback: the socket's own is what counts. */
export function squareOf({ verdict, clientSeenAs, clientAddress, sourceIP }: JournalCell): Square {
  const own = clientAddress ?? sourceIP;
  const rewritten = verdict === 'connected' && clientSeenAs !== undefined && clientSeenAs !== own;
  return rewritten ? 'rewritten' : verdict;
}
