import { fault, feature } from '@netproof/core';
import { insertRules } from './iptables.ts';

/*
 * Only on the way to the node's own pods: there its socket has another of its addresses, on the side of the pods.
 */
export default fault({
  id: 'snat-from-node',
  story:
    'A node gives all that it says to its pods its InternalIP, as an SNAT rule for everything from local addresses does.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), feature('NodePodCIDR')],
  apply: ({ nodes }) =>
    insertRules(
      nodes,
      nodes.list.map(({ name, ip, podCIDR }) => ({
        node: name,
        table: 'nat' as const,
        chain: 'POSTROUTING',
        spec: ['-m', 'addrtype', '--src-type', 'LOCAL', '-d', podCIDR, '-j', 'SNAT', '--to-source', ip],
      })),
    ),
});
