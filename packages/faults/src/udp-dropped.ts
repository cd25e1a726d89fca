import { fault, feature, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

export default fault({
  id: 'udp-dropped',
  story:
    'UDP from one node to another is dropped while TCP passes, as a firewall between them does that knows TCP only.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), feature('NodePodCIDR'), nodes(2)],
  apply: ({ nodes }) => {
    const { from, to } = pairOfNodes(nodes);
    const spec = ['-s', from.podCIDR, '-d', to.podCIDR, '-p', 'udp', '-j', 'DROP'];
    return insertRules(nodes, [{ node: from.name, table: 'filter', chain: 'FORWARD', spec }]);
  },
});
