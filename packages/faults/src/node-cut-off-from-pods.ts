import { fault, feature, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

export default fault({
  id: 'node-cut-off-from-pods',
  story:
    'A node drops the first packet of what it says to pods itself, as a host firewall with a closed OUTPUT does.',
  needs: [feature('PodNetwork'), nodes(2)],
  // Probe pods only: the kubelet would restart CoreDNS when it cannot reach it.
  apply: ({ nodes, probes }) =>
    insertRules(
      nodes,
      probes.endpoints
        .filter(({ kind }) => kind === 'pod')
        .map(({ ip }) => ({
          node: pairOfNodes(nodes).from.name,
          table: 'filter' as const,
          chain: 'OUTPUT',
          spec: ['-d', ip, '-m', 'conntrack', '--ctstate', 'NEW', '-j', 'DROP'],
        })),
    ),
});
