import type { Sample, SamplePlan, Verdict } from '@netproof/core';
import type { Outcome, SampleResult } from './agent/wire.ts';
import { Batches, controlOf, windowsOf } from './batch.ts';
import { prove } from './controls.ts';
import type { Reach } from './reach.ts';
import { verdictOf } from './verdict.ts';

/** Connections at a time: enough to keep a node's core busy, few enough that none waits for the agent. */
const atOnce = 32;

/** Makes many connections from one source, each from a fresh source port, and keeps what came of each. */
export async function sample(plan: SamplePlan, reach: Reach): Promise<Sample> {
  const { source, target, port, connections } = plan;
  const { silence } = reach.timing;
  const since = performance.now();
  const stream = reach.streams.get(source.id);
  const controls = new Batches();
  controls.of(source).add(controlOf(source, port, reach));
  if (target.endpoint !== undefined)
    controls.of(target.endpoint).add(controlOf(target.endpoint, port, reach));
  const opening = controls.run(reach);
  const answer = await stream?.ask<'sample'>(
    {
      verb: 'sample',
      ask: { ...port, address: target.address },
      connections,
      atOnce,
      silence,
    },
    windowsOf(connections, atOnce, silence),
  );
  const shared = { source, target, port };
  if (answer === undefined || !answer.ok) {
    const reason = answer?.reason ?? `no agent runs at ${source.id}`;
    const servers = Array.from({ length: connections }, () => null);
    return {
      ...shared,
      servers,
      verdicts: { 'probe-error': connections },
      ms: performance.now() - since,
      reason,
    };
  }

  const { outcomes } = answer.result;
  const silent = outcomes.some(({ kind }) => kind === 'silent');
  const fellSilent = { source, server: target.endpoint, port };
  const doubt = silent ? (await prove([fellSilent], opening, since, reach))(fellSilent) : undefined;
  const failed = outcomes.find((outcome) => outcome.kind === 'error')?.reason;
  const reason = failed ?? doubt;
  const verdicts = count(answer.result, (outcome) => {
    const { verdict } = verdictOf([{ ...outcome, ms: 0 }], target.servers);
    return verdict === 'dropped' && doubt !== undefined ? 'probe-error' : verdict;
  });
  return {
    ...shared,
    servers: answer.result.order.map((index) => serverOf(outcomes[index])),
    verdicts,
    ms: performance.now() - since,
    ...(reason === undefined ? {} : { reason }),
  };
}

function serverOf(outcome: Outcome | undefined): string | null {
  return outcome?.kind === 'answered' ? outcome.server : null;
}

function count({ outcomes, order }: SampleResult, verdictOf: (outcome: Outcome) => Verdict) {
  const verdicts: Partial<Record<Verdict, number>> = {};
  const each = outcomes.map(verdictOf);
  for (const index of order) {
    const verdict = each[index];
    if (verdict !== undefined) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  }
  return verdicts;
}
