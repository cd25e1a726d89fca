import { attempt } from './attempt.ts';
import { inTurn } from './in-turn.ts';
import type { Stalls } from './stalls.ts';
import type { Ask, Outcome, SampleProgram, SampleResult } from './wire.ts';

/** Asks the same address many times, each time from a fresh source port, and keeps every outcome. */
export async function sample(program: SampleProgram, stalls: Stalls): Promise<SampleResult> {
  const { ask, connections, atOnce, silence } = program;
  const from = performance.now();
  const known = new Map<string, number>();
  const outcomes: Outcome[] = [];
  const order = await inTurn(Array.from({ length: connections }), atOnce, async () => {
    const outcome = await once(ask, silence);
    const key = JSON.stringify(outcome);
    const index = known.get(key) ?? outcomes.push(outcome) - 1;
    known.set(key, index);
    return index;
  });
  return { outcomes, order, stalled: stalls.longestSince(from) };
}

function once(ask: Ask, silence: number): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const giveUp = attempt(ask, (outcome) => {
    clearTimeout(window);
    resolve(outcome);
  });
  const window = setTimeout(
    () =>
      setImmediate(() => {
        giveUp();
        resolve({ kind: 'silent' });
      }),
    silence,
  );
  return promise;
}
