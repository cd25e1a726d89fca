import type { Requirement } from './judge.ts';
import type { NodeFacts } from './ports.ts';

/** The server must have seen the client's own address; else it is said whose it saw, where that is a node's. */
export function ownAddress(nodes: readonly NodeFacts[]): Requirement {
  return ({ source, clientSeenAs }) => {
    if (clientSeenAs === source.ip) return undefined;
    const node = nodes.find(({ ip }) => ip === clientSeenAs);
    const whose = node ? ` (node ${node.name})` : '';
    return `connected, but the server saw ${clientSeenAs}${whose}, expected ${source.ip} (${source.id})`;
  };
}
