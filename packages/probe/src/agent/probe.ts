import { attempt, type GiveUp } from './attempt.ts';
import { inTurn } from './in-turn.ts';
import type { Lapses } from './lapses.ts';
import type { Ask, Attempt, ProbeProgram, ProbeResult } from './wire.ts';

const attemptsAtMost = 3;

/** Runs the asks of a matrix, for which it was asked a while ago where there was no stream. */
export async function probe(program: ProbeProgram, waited: number, lapses: Lapses): Promise<ProbeResult> {
  const began = performance.now();
  const asked = began - waited;
  const attempts = await inTurn(program.asks, program.atOnce, (ask) => probeOne(ask, program));
  return {
    asked,
    began,
    attempts,
    stalled: lapses.stalls.longestSince(program.since ?? began),
    overflowed: lapses.overflows.since(program.since ?? asked),
  };
}

/**
 * One attempt at once; while one is unanswered, another joins after each `nextAttempt`, unless the source port was
 * chosen. Each is awaited for as long as is left, when it begins on time, until `silence` after the first start: one that
 * an agent short of CPU begins late has no less, and none sees a repeat of its own SYN.
 */
function probeOne(ask: Ask, { silence, nextAttempt }: ProbeProgram): Promise<readonly Attempt[]> {
  const { promise, resolve } = Promise.withResolvers<readonly Attempt[]>();
  const atMost = ask.sourcePort === undefined ? attemptsAtMost : 1;
  const attempts: Attempt[] = [];
  let open = 0;

  const begin = () => {
    const start = performance.now();
    const index = attempts.length;
    let over = false;
    const end = (attempt: Attempt) => {
      if (over) return;
      over = true;
      clearTimeout(window);
      attempts[index] = attempt;
      open -= 1;
      if (open > 0) return;
      clearInterval(joining);
      resolve(attempts);
    };
    // what lies in the socket already when the window closes is still heard: timers come before I/O
    const close = () => setImmediate(giveUpUnheard);
    const giveUpUnheard = () => {
      if (over) return;
      giveUp();
      end({ kind: 'silent', ms: silence });
    };
    const window = setTimeout(close, silence - index * nextAttempt);
    open += 1;
    attempts.push({ kind: 'silent', ms: silence });
    if (attempts.length === atMost) clearInterval(joining);
    const giveUp: GiveUp = attempt(ask, (outcome) => end({ ...outcome, ms: performance.now() - start }));
  };
  const joining = setInterval(begin, nextAttempt);
  begin();
  return promise;
}
