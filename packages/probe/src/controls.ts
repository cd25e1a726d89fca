import type { Endpoint, Milliseconds, Port } from '@netproof/core';
import type { Ask } from './agent/wire.ts';
import { Batches, controlOf, type Findings } from './batch.ts';
import type { Reach } from './reach.ts';
import { verdictOf } from './verdict.ts';

/** Something that fell silent: who asked whom. The server is known only behind the address of one endpoint. */
export interface Silence {
  readonly source: Endpoint;
  readonly server?: Endpoint | undefined;
  readonly port: Port;
}

/** Findings of the same controls when the silence began, by endpoint. */
export type Opening = ReadonlyMap<string, Promise<Findings>>;

/**
 * Proves silences: client and server must each have reached themselves when the window opened and must do so
 * again now that it has closed, and neither agent may have stood still in between.
 *
 * @returns a function that says why a silence proves nothing; undefined where it is proved
 */
export async function prove(
  silences: readonly Silence[],
  opening: Opening,
  since: Milliseconds,
  reach: Reach,
): Promise<(silence: Silence) => string | undefined> {
  const closing = new Batches();
  for (const { source, server, port } of silences) {
    closing.of(source).add(controlOf(source, port, reach));
    if (server !== undefined) closing.of(server).add(controlOf(server, port, reach));
  }
  const rounds = [opening, closing.run(reach, performance.now() - since)];
  const known = await Promise.all(
    rounds.map(async (round) => {
      const ids = new Set(silences.flatMap(({ source, server }) => [source.id, server?.id ?? source.id]));
      const entries = [...ids].map(async (id) => [id, await round.get(id)] as const);
      return new Map(await Promise.all(entries));
    }),
  );
  const doubt = (endpoint: Endpoint, role: string, port: Port): string | undefined => {
    const found = known.map((round) => round.get(endpoint.id));
    // first, because an agent that stood still may well have missed its own control
    if (found.some((findings) => (findings?.stalled ?? 0) > reach.timing.starvation)) return 'starved';
    const ask = controlOf(endpoint, port, reach);
    const failure = found
      .map((findings) => failureOf(findings, endpoint, ask))
      .find((one) => one !== undefined);
    if (failure !== undefined) return `control failed at the ${role}: ${failure}`;
    const lives = new Set(found.map((findings) => findings?.boot));
    return lives.size > 1
      ? `control failed at the ${role}: the agent of ${endpoint.id} started anew`
      : undefined;
  };
  return ({ source, server, port }) =>
    doubt(source, 'client', port) ?? (server === undefined ? undefined : doubt(server, 'server', port));
}

function failureOf(findings: Findings | undefined, endpoint: Endpoint, ask: Ask): string | undefined {
  if (findings === undefined) return `${endpoint.id} was not asked`;
  if (findings.failure !== undefined) return findings.failure;
  const { verdict, answered, attempts } = verdictOf(findings.of(ask) ?? [], [endpoint.id]);
  if (verdict === 'connected') return undefined;
  const what = `${endpoint.id} to its own server at ${ask.address} ${ask.protocol} ${ask.port}`;
  return `${what}: ${verdict}, ${answered} of ${attempts} attempts answered`;
}
