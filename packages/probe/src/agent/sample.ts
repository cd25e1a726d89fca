import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from './attempt.ts';
import { inTurn } from './in-turn.ts';
import type { Ask, Outcome, SampleProgram, SampleResult } from './wire.ts';

/** Asks the same address many times, each time from a fresh source port, and keeps every outcome. */
export async function sample(program: SampleProgram): Promise<SampleResult> {
  const { ask, connections, atOnce, silence, enoughSilent, pause = { after: connections, ms: 0 } } = program;
  const known = new Map<string, number>();
  const outcomes: Outcome[] = [];
  let silent = 0;
  const one = async () => {
    if (silent >= enoughSilent) return undefined;
    const outcome = await once(ask, silence);
    if (outcome.kind === 'silent') silent += 1;
    const key = JSON.stringify(outcome);
    const index = known.get(key) ?? outcomes.push(outcome) - 1;
    known.set(key, index);
    return index;
  };
  const order: (number | undefined)[] = [];
  for (let made = 0; made < connections; made += pause.after) {
    if (made > 0 && silent < enoughSilent) await sleep(pause.ms);
    const some = Math.min(pause.after, connections - made);
    order.push(...(await inTurn(Array.from({ length: some }), atOnce, one)));
  }
  return {
    outcomes,
    order: order.filter((index) => index !== undefined),
  };
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
