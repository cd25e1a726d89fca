import { type Endpoint, type NodeFacts, type Nodes, runAll } from '@netproof/core';
import { blockOf } from './block.ts';
import { everyRoute, partsOf } from './parts.ts';
import { askWays, describeWay, readWays, type Way } from './ways.ts';

/** How a node would send to addresses of another's podCIDR. */
export interface PeerRoutes {
  readonly node: string;
  readonly peer: NodeFacts;
  /**
   * By address: the first of the podCIDR, those at which entries of the node's tables begin or end inside of it, and the
   * peer's probe pods; none where it has no podCIDR.
   */
  readonly ways: ReadonlyMap<string, Way | undefined>;
}

/**
 * The routes of every node to every other one's pods. Its tables tell which parts of a podCIDR have entries of their own,
 * and its kernel where it would send to each.
 */
export async function readRoutes(
  nodes: Nodes,
  endpoints: readonly Endpoint[],
): Promise<readonly PeerRoutes[]> {
  const all = nodes.list.map(async ({ name: node }) => {
    const peers = nodes.list.filter(({ name }) => name !== node);
    const entries = JSON.parse((await nodes.run(node, everyRoute)).stdout) as Way[];
    const said = await runAll(
      nodes,
      node,
      peers.map((peer) => askWays(addressesAt(peer, entries, endpoints))),
    );
    return peers.map((peer, at) => ({ node, peer, ways: readWays(said[at] ?? '') }));
  });
  return (await Promise.all(all)).flat();
}

function addressesAt(
  { name, podCIDR }: NodeFacts,
  entries: readonly Way[],
  endpoints: readonly Endpoint[],
): readonly string[] {
  const block = blockOf(podCIDR);
  if (block === undefined) return [];
  const pods = endpoints.filter(({ kind, node }) => kind === 'pod' && node === name);
  return [...partsOf(block, entries), ...pods.map(({ ip }) => ip)];
}

/**
 * What is wrong with the way to a podCIDR, in words: no route, none but the default route, or one that leads
 * elsewhere than the rest of the podCIDR.
 */
export function routeProblems({ peer, ways }: PeerRoutes): readonly string[] {
  const [first] = ways.values();
  if (ways.size === 0) return [`${peer.name} has no podCIDR`];
  const rest = describeWay(first);
  return [...ways].flatMap(([address, way]) => {
    const to = `to ${address} of ${peer.name}`;
    if (way === undefined) return [`${to} there is no way`];
    if (way.dst === 'default') return [`${to} there is the default route only, ${describeWay(way)}`];
    if (way.type !== undefined) return [`${to} the route is ${describeWay(way)}`];
    return describeWay(way) === rest ? [] : [`${to} it goes ${describeWay(way)}, to the rest ${rest}`];
  });
}
