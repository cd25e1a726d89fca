import type { Cell, Sample, SamplePlan, Verdict } from '@netproof/core';
import type { Outcome } from './agent/wire.ts';
import { Batches, controlOf, windowsOf } from './batch.ts';
import { negativeOf, prove, serversOf } from './controls.ts';
import type { Reach } from './reach.ts';
import { verdictOf } from './verdict.ts';

/** Connections at a time: enough to keep a node's core busy, few enough that none waits for the agent. */
const atOnce = 32;
/** Two rounds of silence from end to end; a sample that lost so many has failed whatever the rest would do. */
const enoughSilent = 2 * atOnce;

/** Makes many connections from one source, each from a fresh source port, and keeps what came of each. */
export async function sample(plan: SamplePlan, reach: Reach): Promise<Sample> {
  const { source, target, port, connections, pause } = plan;
  const { silence } = reach.timing;
  const since = performance.now();
  const stream = reach.streams.get(source.id);
  const controls = new Batches();
  for (const endpoint of [source, ...serversOf(target, reach)]) {
    controls.of(endpoint).add(controlOf(port));
  }
  const opening = controls.run(reach);
  const ask = { ...port, address: target.address };
  const program = {
    ...({ verb: 'sample', ask, connections, atOnce, silence, enoughSilent } as const),
    ...(pause && { pause }),
  };
  const pauses = pause ? pause.ms * Math.floor(connections / pause.after) : 0;
  const answer = await stream?.ask<'sample'>(program, windowsOf(connections, atOnce, silence) + pauses);
  const shared = { source, target, port };
  if (answer === undefined || !answer.ok) {
    const servers = Array.from({ length: connections }, () => null);
    const reason = answer?.reason ?? `no agent runs at ${source.id}`;
    const ms = performance.now() - since;
    return { ...shared, servers, verdicts: { 'probe-error': connections }, ms, reason };
  }

  const { outcomes, order } = answer.result;
  const cells = outcomes.map((outcome): Cell => {
    return { ...shared, ...verdictOf([{ ...outcome, ms: 0 }], target) };
  });
  const negatives = cells.flatMap((cell) => negativeOf(cell, reach) ?? []);
  const doubt = negatives.length === 0 ? undefined : await prove(negatives, opening, reach);
  const reasons = cells.map((cell) => {
    const negative = negativeOf(cell, reach);
    return cell.reason ?? (negative === undefined ? undefined : doubt?.(negative));
  });
  const reason = reasons.find((one) => one !== undefined);
  return {
    ...shared,
    clientSeenAs: [...new Set(outcomes.flatMap(clientOf))],
    servers: order.map((index) => cells[index]?.server ?? null),
    verdicts: count(order, (index) => (reasons[index] === undefined ? cells[index]?.verdict : 'probe-error')),
    ms: performance.now() - since,
    ...(reason === undefined ? {} : { reason }),
  };
}

function clientOf(outcome: Outcome): readonly string[] {
  return outcome.kind === 'answered' && outcome.client !== '' ? [outcome.client] : [];
}

function count(order: readonly number[], verdictAt: (index: number) => Verdict | undefined) {
  const verdicts: Partial<Record<Verdict, number>> = {};
  for (const index of order) {
    const verdict = verdictAt(index);
    if (verdict !== undefined) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  }
  return verdicts;
}
