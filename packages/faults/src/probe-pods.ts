import type { Endpoint } from '@netproof/core';

/**
 * The addresses of a node's probe pods. Faults that are for a node's pods name them one by one: not every CNI gives
 * its pods addresses out of `node.spec.podCIDR`, and pods that are not ours stay as they are.
 */
export function podsOn(endpoints: readonly Endpoint[], on: string): readonly string[] {
  return endpoints.filter(({ kind, node }) => kind === 'pod' && node === on).map(({ ip }) => ip);
}
