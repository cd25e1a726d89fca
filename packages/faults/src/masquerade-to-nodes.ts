import { fault, feature, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';

export default fault({
  id: 'masquerade-to-nodes',
  story:
    'A node rewrites the source of what its pods say to nodes, as a masquerade rule does that excepts the pod network only.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), feature('PodAddressAtNodes'), nodes(2)],
  // What a pod says to its own node passes no POSTROUTING.
  apply: ({ cluster: { podSubnet }, nodes }) =>
    insertRules(
      nodes,
      nodes.list.flatMap(({ name }) =>
        nodes.list.map(({ ip }) => ({
          node: name,
          table: 'nat' as const,
          chain: 'POSTROUTING',
          spec: ['-s', podSubnet, '-d', ip, '-j', 'MASQUERADE'],
        })),
      ),
    ),
});
