import type { Endpoint, Packets } from '@netproof/core';
import type { Reach } from './reach.ts';

/** Asks every agent at once what its kernel says of its packets. Never rejects. */
export function packets(endpoints: readonly Endpoint[], { streams }: Reach): Promise<readonly Packets[]> {
  return Promise.all(
    endpoints.map(async (endpoint): Promise<Packets> => {
      const answer = await streams.get(endpoint.id)?.ask<'packets'>({ verb: 'packets' }, 0);
      if (answer?.ok) return { endpoint, ...answer.result };
      return { endpoint, mtu: 0, fragments: 0, reason: answer?.reason ?? `no agent runs at ${endpoint.id}` };
    }),
  );
}
