import type { Requirement } from './judge.ts';
import type { NodeFacts } from './ports.ts';

/** The server must have seen the client's own address; else it is said whose it saw, where that is a node's. */
export function ownAddress(nodes: readonly NodeFacts[]): Requirement {
  const names = new Map(nodes.map(({ ip, name }) => [ip, name]));
  return ({ source, clientSeenAs = '' }) => {
    if (clientSeenAs === source.ip) return undefined;
    const node = names.get(clientSeenAs);
    const whose = node === undefined ? '' : ` (node ${node})`;
    return `connected, but the server saw ${clientSeenAs}${whose}, expected ${source.ip} (${source.id})`;
  };
}
