import { fault, feature, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { pairOfNodes } from './pair-of-nodes.ts';
import { podsOn } from './probe-pods.ts';

export default fault({
  id: 'udp-dropped',
  story:
    'UDP from one node to another is dropped while TCP passes, as a firewall between them does that knows TCP only.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), nodes(2)],
  apply: ({ nodes, probes: { endpoints } }) => {
    const { from, to } = pairOfNodes(nodes);
    const pair = ['-s', podsOn(endpoints, from.name).join(), '-d', podsOn(endpoints, to.name).join()];
    const spec = [...pair, '-p', 'udp', '-j', 'DROP'];
    return insertRules(nodes, [{ node: from.name, table: 'filter', chain: 'FORWARD', spec }]);
  },
});
