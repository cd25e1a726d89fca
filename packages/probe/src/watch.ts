import {
  type Cell,
  paceOf,
  settledAt,
  type Try,
  type TryVerdict,
  type Watch,
  type WatchPlan,
} from '@netproof/core';
import type { WatchResult } from './agent/wire.ts';
import { Batches, controlOf } from './batch.ts';
import { clockOf, joined } from './clock.ts';
import { negativeOf, prove, serversOf } from './controls.ts';
import { type Reach, starved } from './reach.ts';
import { verdictOf } from './verdict.ts';

/** Tries a pair until the outcome waited for has held, with positive controls before and after. Never rejects. */
export async function watch(plan: WatchPlan, reach: Reach): Promise<Watch> {
  // caught at once: it may reject long before it is needed
  const accepted = plan.accepted?.catch(() => undefined);
  let told = false;
  const begun = () => {
    if (!told) plan.begun?.();
    told = true;
  };
  const seen = await tried(plan, reach, begun);
  begun();
  const { source, target, port, until } = plan;
  const acceptedAt = await accepted;
  return { source, target, port, until, ...seen, ...(acceptedAt !== undefined && { acceptedAt }) };
}

type Seen = Omit<Watch, 'source' | 'target' | 'port' | 'until' | 'acceptedAt'>;

async function tried(plan: WatchPlan, reach: Reach, begun: () => void): Promise<Seen> {
  const { source, target, port, until, stable, atMost } = plan;
  const { trySilence: silence, tryPace: every, starvation } = reach.timing;
  const stream = reach.streams.get(source.id);
  if (stream === undefined) return nothing(`no agent runs at ${source.id}`);
  const controls = new Batches();
  for (const endpoint of [source, ...serversOf(target, reach)]) controls.of(endpoint).add(controlOf(port));
  const opening = controls.run(reach);
  const ask = { ...port, address: target.address };
  // A server may stand still for `starvation`; of what is left of a window, the client for half.
  const standstill = (silence - starvation) / 2;
  const program = { verb: 'watch', ask, until, stable, atMost, every, silence, standstill } as const;
  const answering = stream.ask<'watch'>(program, atMost + silence);
  // An agent takes orders in their order, so one that has told its clock has begun.
  const before = await clockOf(stream);
  begun();
  const answer = await answering;
  if (!answer.ok) return nothing(answer.reason);
  const after = await clockOf(stream);
  if (typeof before === 'string') return nothing(before);
  if (typeof after === 'string') return nothing(after);
  if (before.boot !== answer.boot || after.boot !== answer.boot)
    return nothing(`the agent of ${source.id} started anew`);

  const cells = answer.result.outcomes.map((outcome): Cell => {
    return { source, target, port, ...verdictOf([{ ...outcome, ms: 0 }], target) };
  });
  const negatives = cells.flatMap((cell) => negativeOf(cell, reach) ?? []);
  const doubt = negatives.length === 0 ? undefined : await prove(negatives, opening, reach);
  const doubts = cells.map((cell) => {
    const negative = negativeOf(cell, reach);
    return negative && doubt?.(negative);
  });
  const verdicts = cells.map(({ verdict }, index) => (doubts[index] === undefined ? verdict : 'probe-error'));
  const { ahead, uncertainty } = joined(before, after);
  const tries = triesOf(answer.result, verdicts as readonly TryVerdict[], ahead);
  const pace = paceOf(tries, every);
  const blind = verdicts.every((verdict) => verdict === 'probe-error') ? cells[0]?.reason : undefined;
  // One try of which nothing is known is a gap among others; too long a gap could hide anything.
  const gap = pace.longestGap > starvation ? starved : undefined;
  const reason = doubts.find((one) => one !== undefined) ?? blind ?? gap;
  const settled = reason === undefined ? settledAt(tries, plan) : undefined;
  return {
    tries,
    ...pace,
    clockUncertainty: uncertainty,
    ...(settled !== undefined && { settledAt: settled }),
    ...(reason !== undefined && { reason }),
  };
}

function triesOf(
  { began, starts, order }: WatchResult,
  verdicts: readonly TryVerdict[],
  ahead: number,
): readonly Try[] {
  return starts.map((start, index) => ({
    at: began + start + ahead,
    verdict: verdicts[order[index] ?? -1] ?? 'probe-error',
  }));
}

function nothing(reason: string): Seen {
  return { tries: [], rate: 0, longestGap: 0, stalls: 0, clockUncertainty: 0, reason };
}
