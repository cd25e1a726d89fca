import { attempt, type GiveUp } from './attempt.ts';
import { inTurn } from './in-turn.ts';
import { overflowed } from './overflow.ts';
import type { Stalls } from './stalls.ts';
import type { Ask, Attempt, Outcome, ProbeProgram, ProbeResult } from './wire.ts';

const attemptsAtMost = 3;

/** Runs the asks of a matrix. */
export async function probe(program: ProbeProgram, stalls: Stalls): Promise<ProbeResult> {
  const began = performance.now();
  const before = await overflowed();
  const attempts = await inTurn(program.asks, program.atOnce, (ask) => probeOne(ask, program));
  return {
    began,
    attempts,
    stalled: stalls.longestSince(program.since ?? began),
    overflowed: [before, await overflowed()],
  };
}

/**
 * One attempt at once; while one is unanswered, another joins after each `nextAttempt`, unless the source port was
 * chosen. All are awaited until `silence` after the first start.
 */
function probeOne(ask: Ask, { silence, nextAttempt }: ProbeProgram): Promise<readonly Attempt[]> {
  const { promise, resolve } = Promise.withResolvers<readonly Attempt[]>();
  const atMost = ask.sourcePort === undefined ? attemptsAtMost : 1;
  const attempts: Attempt[] = [];
  const giveUps: GiveUp[] = [];
  let open = 0;

  const begin = () => {
    const start = performance.now();
    const index = attempts.length;
    const ended = (outcome: Outcome) => {
      attempts[index] = { ...outcome, ms: performance.now() - start };
      open -= 1;
      if (open === 0) finish();
    };
    open += 1;
    attempts.push({ kind: 'silent', ms: silence });
    giveUps.push(attempt(ask, ended));
    if (attempts.length === atMost) clearInterval(joining);
  };
  const finish = () => {
    clearInterval(joining);
    clearTimeout(window);
    for (const giveUp of giveUps) giveUp();
    resolve(attempts);
  };
  const joining = setInterval(begin, nextAttempt);
  // what lies in the socket already when the window closes is still heard: timers come before I/O
  const window = setTimeout(() => setImmediate(() => open > 0 && finish()), silence);
  begin();
  return promise;
}
