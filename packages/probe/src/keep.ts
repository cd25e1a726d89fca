import { bounds, type Cell, type Endpoint, type KeepPlan, type Kept, type Target } from '@netproof/core';
import type { KeptConnection } from './agent/wire.ts';
import { Batches, controlOf } from './batch.ts';
import { type Negative, negativeOf, type Opening, prove, serversOf } from './controls.ts';
import type { Reach } from './reach.ts';
import { Standstills } from './standstills.ts';
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
      return own.map((target, index) => ({
        connection: connections[index],
        cell: cellOf({ source, target, port }, connections[index], reason),
      }));
    }),
  );
  const all = kept.flat();
  const isLost = all.some(({ cell }) => negativeOf(cell, reach) !== undefined);
  return {
    longest: Math.max(0, ...all.map(({ connection }) => connection?.longest ?? 0)),
    ms: performance.now() - since,
    cells: isLost ? await proved(all, opening, reach) : all.map(({ cell }) => cell),
  };
}

/** What was lost, where that is proved; an agent is excused by no other standstill than one while the answer stayed out. */
async function proved(
  all: readonly { readonly cell: Cell; readonly connection: KeptConnection | undefined }[],
  opening: Opening,
  reach: Reach,
): Promise<readonly Cell[]> {
  const negatives = new Map<Cell, Negative>();
  const standstills = new Standstills(reach);
  for (const { cell, connection } of all) {
    const negative = negativeOf(cell, reach);
    if (negative === undefined) continue;
    const lost = connection?.lost;
    const { source, servers } = negative;
    if (lost !== undefined) await standstills.ask([source, ...servers]);
    const stalled = lost && ((endpoint: Endpoint) => standstills.longest(endpoint, source, lost));
    negatives.set(cell, { ...negative, ...(stalled && { stalled }) });
  }
  const doubt = await prove([...negatives.values()], opening, reach);
  return all.map(({ cell }): Cell => {
    const negative = negatives.get(cell);
    const why = negative && doubt(negative);
    return why === undefined ? cell : { ...cell, verdict: 'probe-error', reason: why };
  });
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
  const judged = verdictOf([{ ...outcome, ms: 0 }], pair.target);
  const { ms: _, ...rest } = judged;
  return { ...pair, ...rest, attempts: answered + Number(outcome.kind !== 'answered'), answered };
}
