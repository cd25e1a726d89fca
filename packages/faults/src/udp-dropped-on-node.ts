import { fault, feature, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

export default fault({
  id: 'udp-dropped-on-node',
  story:
    'A node drops UDP between two of its own pods while TCP passes, as a filter on bridged frames does that knows TCP only.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), feature('NodePodCIDR'), nodes(2)],
  apply: ({ nodes }) => {
    const { name, podCIDR } = pairOfNodes(nodes).from;
    // One port: CoreDNS may be a pod of this node.
    const spec = ['-s', podCIDR, '-d', podCIDR, '-p', 'udp', '--dport', '8080', '-j', 'DROP'];
    return insertRules(nodes, [{ node: name, table: 'filter', chain: 'FORWARD', spec }]);
  },
});
