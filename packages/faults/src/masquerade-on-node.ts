import { fault, feature } from '@netproof/core';
import { insertRules } from './iptables.ts';

export default fault({
  id: 'masquerade-on-node',
  story:
    'A node rewrites the source of traffic between its own pods, as a masquerade rule without exceptions does.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), feature('NodePodCIDR')],
  apply: ({ nodes }) =>
    insertRules(
      nodes,
      nodes.list.map(({ name, podCIDR }) => ({
        node: name,
        table: 'nat' as const,
        chain: 'POSTROUTING',
        spec: ['-s', podCIDR, '-d', podCIDR, '-j', 'MASQUERADE'],
      })),
    ),
});
