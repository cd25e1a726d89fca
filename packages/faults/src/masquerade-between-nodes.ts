import { fault, feature, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';

export default fault({
  id: 'masquerade-between-nodes',
  story:
    'A node rewrites the source of pod traffic that leaves it for another node, as a wrong ipMasq setting does.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), nodes(2)],
  apply: ({ cluster: { podSubnet }, nodes }) =>
    insertRules(
      nodes,
      nodes.list.map(({ name }) => ({
        node: name,
        table: 'nat' as const,
        chain: 'POSTROUTING',
        spec: ['-s', podSubnet, '-d', podSubnet, '-o', 'eth0', '-j', 'MASQUERADE'],
      })),
    ),
});
