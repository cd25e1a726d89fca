import { attempt, type GiveUp } from './attempt.ts';
import type { Outcome, WatchProgram, WatchResult } from './wire.ts';

interface Try {
  readonly start: number;
  outcome?: Outcome;
  /** The agent stood still while it waited: its silence would tell nothing. */
  blind?: boolean;
  readonly giveUp: GiveUp;
}

/** Asks the same address at a steady pace until the outcome waited for has held, or for as long as is allowed. */
export function watch(program: WatchProgram): Promise<WatchResult> {
  const { promise, resolve } = Promise.withResolvers<WatchResult>();
  const { ask, until, stable, atMost, every, silence, standstill } = program;
  const began = performance.now();
  const tries: Try[] = [];
  /** All tries before this one are known. */
  let judged = 0;
  let heldSince: number | undefined;
  let due = began;
  let last = began;
  let timer: NodeJS.Timeout;

  const begin = (start: number) => {
    const own: Try = { start, giveUp: attempt(ask, (outcome) => ended(own, outcome)) };
    tries.push(own);
  };
  const ended = (own: Try, outcome: Outcome) => {
    own.outcome = outcome;
    judge();
  };
  /** Goes over the tries in the order of their starts, as far as they are known. */
  const judge = () => {
    for (let own = tries[judged]; own?.outcome !== undefined; own = tries[judged]) {
      judged += 1;
      if (own.outcome.kind === 'error') continue;
      heldSince = isMet(own.outcome, until) ? (heldSince ?? own.start) : undefined;
      // A later try may be known to break it while silence before it is still waited for.
      if (heldSince !== undefined && own.start - heldSince >= stable && !brokenLater()) return finish();
    }
  };
  const brokenLater = () =>
    tries.slice(judged).some(({ outcome }) => outcome && outcome.kind !== 'error' && !isMet(outcome, until));
  const tick = () => {
    const now = performance.now();
    if (now - last > standstill) for (const own of tries.slice(judged)) own.blind = true;
    last = now;
    if (now - began < atMost) begin(now);
    // what lies in the sockets already is heard first: timers come before I/O
    setImmediate(expire, now);
    due += every;
    // What was missed is not made up for: a burst is another kind of traffic, and costs what there was too little of.
    if (due <= now) due = now + every;
    timer = setTimeout(tick, due - now);
  };
  const expire = (now: number) => {
    for (const own of tries.slice(judged)) {
      if (own.start + silence > now) break;
      if (own.outcome !== undefined) continue;
      own.giveUp();
      own.outcome = own.blind ? { kind: 'error', reason: 'starved' } : { kind: 'silent' };
    }
    judge();
    if (now - began >= atMost && judged === tries.length) finish();
  };
  const finish = () => {
    clearTimeout(timer);
    for (const own of tries.splice(judged)) if (own.outcome === undefined) own.giveUp();
    resolve({ began, ...compact(tries, began) });
  };
  tick();
  return promise;
}

function isMet({ kind }: Outcome, until: WatchProgram['until']): boolean {
  return (kind === 'answered') === (until === 'connected');
}

function compact(tries: readonly Try[], began: number): Omit<WatchResult, 'began'> {
  const known = new Map<string, number>();
  const outcomes: Outcome[] = [];
  const order = tries.flatMap(({ outcome }) => {
    if (outcome === undefined) return [];
    const key = JSON.stringify(outcome);
    const index = known.get(key) ?? outcomes.push(outcome) - 1;
    known.set(key, index);
    return [index];
  });
  return { outcomes, order, starts: tries.map(({ start }) => Math.round((start - began) * 100) / 100) };
}
