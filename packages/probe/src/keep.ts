import { bounds, type Cell, type Endpoint, type KeepPlan, type Kept, type Target } from '@netproof/core';
import type { KeptConnection } from './agent/wire.ts';
import { Batches, controlOf } from './batch.ts';
import { negativeOf, prove, serversOf } from './controls.ts';
import type { Reach } from './reach.ts';
import { verdictOf } from './verdict.ts';

/** Keeps a connection from each source to each target while something is done. Rejects as that does. */
export async function keep(plan: KeepPlan, reach: Reach): Promise<Kept> {
  const { sources, targets, port, pairs = () => true, during } = plan;
  const since = performance.now();
  const controls = new Batches();
  for (const endpoint of [...sources, ...targets.flatMap((target) => serversOf(target, reach))])
    controls.of(endpoint).add(controlOf(port));
  const opening = controls.run(reach);
  const begun = sources.map((source) => {
    const own = targets.filter((target) => pairs(source, target));
    return { source, own, answer: begin(source, own, plan, reach) };
  });
  try {
    await during();
  } finally {
    for (const { id } of sources) void reach.streams.get(id)?.ask<'let-go'>({ verb: 'let-go' }, 0);
  }
  const kept = await Promise.all(
    begun.map(async ({ source, own, answer }) => {
      const heard = await answer;
      const connections = heard?.ok ? heard.result.connections : [];
      const reason = heard?.ok === false ? heard.reason : `no agent runs at ${source.id}`;
      return {
        longest: connections.map((one) => one.longest),
        cells: own.map((target, index) => cellOf({ source, target, port }, connections[index], reason)),
      };
    }),
  );
  const cells = kept.flatMap((one) => one.cells);
  const negatives = cells.flatMap((cell) => negativeOf(cell, reach) ?? []);
  const doubt = negatives.length === 0 ? undefined : await prove(negatives, opening, reach);
  return {
    longest: Math.max(0, ...kept.flatMap(({ longest }) => longest)),
    ms: performance.now() - since,
    cells: cells.map((cell): Cell => {
      const negative = negativeOf(cell, reach);
      const why = negative && doubt?.(negative);
      return why === undefined ? cell : { ...cell, verdict: 'probe-error', reason: why };
    }),
  };
}

function begin({ id }: Endpoint, targets: readonly Target[], { port }: KeepPlan, { streams, timing }: Reach) {
  const asks = targets.map(({ address }) => ({ ...port, address }));
  const { keptPace: every, keptSilence: silence } = timing;
  const atMost = bounds.check;
  return streams.get(id)?.ask<'keep'>({ verb: 'keep', asks, every, silence, atMost }, atMost);
}

function cellOf(
  pair: Pick<Cell, 'source' | 'target' | 'port'>,
  connection: KeptConnection | undefined,
  otherwise: string,
): Cell {
  if (connection === undefined)
    return { ...pair, verdict: 'probe-error', attempts: 0, answered: 0, reason: otherwise };
  const { outcome, exchanges: answered } = connection;
  const judged = verdictOf([{ ...outcome, ms: 0 }], pair.target.servers);
  const { ms: _, ...rest } = judged;
  return { ...pair, ...rest, attempts: answered + Number(outcome.kind !== 'answered'), answered };
}
