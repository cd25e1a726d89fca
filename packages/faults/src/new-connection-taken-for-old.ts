import { behindHostPort, fault, feature, hostPortLabel, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/*
 * From each source address and port one connection a minute is within the limit. Matches are tried in their order, so
 * those by the hostPort, which were rewritten before, use it up and are let through.
 */
const again = ['-m', 'hashlimit', '--hashlimit-name', 'netproof', '--hashlimit-mode', 'srcip,srcport'];
const limit = ['--hashlimit-above', '1/minute', '--hashlimit-burst', '1'];
const direct = ['-m', 'conntrack', '!', '--ctstate', 'DNAT'];

export default fault({
  id: 'new-connection-taken-for-old',
  story:
    'A node loses a new connection to a pod where its source port was used for the hostPort of that pod before, as where an entry of connection tracking outlives its connection and is taken for that of the new one.',
  needs: [feature('PodNetwork'), feature('HostPort'), feature('pods/iptables'), nodes(2)],
  apply({ nodes, probes }) {
    const { name } = pairOfNodes(nodes).from;
    const pods = probes.endpoints.filter(
      ({ kind, node, labels }) => kind === 'pod' && node === name && labels[hostPortLabel],
    );
    const begins = ['-p', 'tcp', '--syn', '--dport', String(behindHostPort)];
    return insertRules(
      nodes,
      pods.map(({ ip }) => ({
        node: name,
        table: 'mangle' as const,
        chain: 'FORWARD',
        spec: ['-d', ip, ...begins, ...again, ...limit, ...direct, '-j', 'DROP'],
      })),
    );
  },
});
