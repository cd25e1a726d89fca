import type { Endpoint } from '@netproof/core';

/**
 * The addresses of a node's probe pods. Faults that are for a node's pods name them one by one: not every CNI gives
 * its pods addresses out of `node.spec.podCIDR`, and pods that are not ours stay as they are.
 */
export function podsOn(endpoints: readonly Endpoint[], node: string): readonly string[] {
  return addresses(endpoints, (one) => one === node);
}

/** The addresses of the probe pods of all other nodes. */
export function podsElsewhere(endpoints: readonly Endpoint[], node: string): readonly string[] {
  return addresses(endpoints, (one) => one !== node);
}

function addresses(endpoints: readonly Endpoint[], on: (node: string) => boolean): readonly string[] {
  return endpoints.filter(({ kind, node }) => kind === 'pod' && on(node)).map(({ ip }) => ip);
}
