import type { Endpoint, Target } from './endpoint.ts';
import { describe } from './judge.ts';
import type { Cell } from './verdict.ts';

/** Where a pod was that is gone: nobody may answer. */
export function formerAddress({ id, ip, node }: Endpoint): Target {
  return { label: `the former address of ${id} on ${node}`, address: ip, servers: [] };
}

/**
 * There must be silence, or a router that knows no way.
 *
 * @returns who answers; a refusal and a reset come from somebody who has the address
 */
export function nobodyThere(cell: Cell): string | undefined {
  const { verdict, server } = cell;
  if (verdict === 'dropped' || verdict === 'unreachable') return undefined;
  return verdict === 'wrong-peer' ? `${server} answers there` : `somebody is there: ${describe(cell)}`;
}
