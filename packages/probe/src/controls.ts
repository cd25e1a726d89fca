import {
  type Cell,
  type Endpoint,
  type Milliseconds,
  type Port,
  portName,
  type Target,
  type Verdict,
} from '@netproof/core';
import { type Ask, loopback } from './agent/wire.ts';
import { Batches, controlOf, type Findings } from './batch.ts';
import { type Reach, starved } from './reach.ts';
import { verdictOf } from './verdict.ts';

/** A probe that was not answered, and every endpoint that could have answered it. */
export interface Negative {
  readonly source: Endpoint;
  readonly servers: readonly Endpoint[];
  readonly port: Port;
  readonly verdict: Verdict;
  /**
   * How long an agent stood still while the answer stayed out, where that is known; without it, how long it did since the
   * probes began.
   */
  readonly stalled?: (endpoint: Endpoint) => Milliseconds;
}

/** Findings of the same controls when the probes began, by endpoint. */
export type Opening = ReadonlyMap<string, Promise<Findings>>;

const negatives: readonly Verdict[] = ['dropped', 'refused', 'unreachable', 'reset'];

/** The negative of a cell that is one. A dead server refuses and resets too, so silence is not the only one. */
export function negativeOf({ source, target, port, verdict }: Cell, reach: Reach): Negative | undefined {
  if (!negatives.includes(verdict)) return undefined;
  return { source, servers: serversOf(target, reach), port, verdict };
}

/** The endpoints of ours behind an address: one behind a pod's, all backends behind a Service's. */
export function serversOf({ servers, endpoint }: Target, { streams }: Reach): readonly Endpoint[] {
  if (endpoint !== undefined) return [endpoint];
  return servers.flatMap((id) => streams.get(id)?.endpoint ?? []);
}

/**
 * Proves negatives: the client and every server must have reached themselves when the probes began and must do
 * so again now that they have ended; for silence neither agent may have stood still in between, nor may a datagram
 * have come to one that had no room for it.
 *
 * @returns a function that says why a negative proves nothing; undefined where it is proved
 */
export async function prove(
  all: readonly Negative[],
  opening: Opening,
  reach: Reach,
): Promise<(negative: Negative) => string | undefined> {
  const closing = new Batches();
  for (const { source, servers, port } of all) {
    for (const endpoint of [source, ...servers]) closing.of(endpoint).add(controlOf(port));
  }
  const asked = new Set(all.flatMap(({ servers }) => servers.map(({ id }) => id)));
  const after = closing.runAfter(opening, asked, reach);
  const found = new Map(
    await Promise.all([...after].map(async ([id, now]) => [id, [await opening.get(id), await now]] as const)),
  );
  const doubt = (endpoint: Endpoint, role: string, negative: Negative): string | undefined => {
    const { port, verdict } = negative;
    const rounds = found.get(endpoint.id) ?? [];
    // first, because an agent that stood still may well have missed its own control
    const stalled = Math.max(...rounds.map((findings) => findings?.stalled ?? 0));
    const stoodStill = stalled > reach.timing.starvation;
    const missed = (negative.stalled?.(endpoint) ?? stalled) > reach.timing.starvation;
    const overflowed = new Set(rounds.flatMap((findings) => findings?.overflowed ?? []));
    const unread = port.protocol === 'UDP' && overflowed.size > 1;
    if (verdict === 'dropped' && (missed || unread)) return starved;
    const ask = controlOf(port);
    for (const findings of rounds) {
      const failure = failureOf(findings, endpoint, ask);
      if (failure === undefined) continue;
      // Standing still explains a control that was silent, and no other.
      if (failure.reason === starved || (failure.silent && stoodStill)) return starved;
      return `control failed at the ${role}: ${failure.reason}`;
    }
    const lives = new Set(rounds.map((findings) => findings?.boot));
    return lives.size > 1
      ? `control failed at the ${role}: the agent of ${endpoint.id} started anew`
      : undefined;
  };
  return (negative) =>
    doubt(negative.source, 'client', negative) ??
    negative.servers.map((server) => doubt(server, 'server', negative)).find((one) => one !== undefined);
}

/** Why a control proves nothing, and whether it was made and stayed without an answer. */
function failureOf(
  findings: Findings | undefined,
  endpoint: Endpoint,
  ask: Ask,
): { readonly reason: string; readonly silent: boolean } | undefined {
  if (findings === undefined) return { reason: `${endpoint.id} was not asked`, silent: false };
  if (findings.failure !== undefined) return { reason: findings.failure, silent: false };
  const own = ask.protocol === 'ICMP' ? loopback : endpoint.id;
  const { verdict, answered, attempts } = verdictOf(findings.of(ask) ?? [], { servers: [own] });
  if (verdict === 'connected') return undefined;
  const what = `${endpoint.id} to its own server, ${portName(ask)}`;
  const reason = `${what}: ${verdict}, ${answered} of ${attempts} attempts answered`;
  return { reason, silent: verdict === 'dropped' };
}
