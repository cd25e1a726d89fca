import type { AppliedFault, Nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';

/**
 * Drops what comes to the address of the last node over TCP or UDP and fits. Before anything rewrites the address: after
 * that it is not for the node any more.
 *
 * @param match the ports and what else, in the words of iptables(8)
 */
export function closePorts(nodes: Nodes, match: readonly string[]): Promise<AppliedFault> {
  return insertRules(
    nodes,
    nodes.list.slice(-1).flatMap(({ name, ip }) =>
      ['tcp', 'udp'].map((protocol) => ({
        node: name,
        table: 'mangle' as const,
        chain: 'PREROUTING',
        spec: ['-d', ip, '-p', protocol, ...match, '-j', 'DROP'],
      })),
    ),
  );
}
