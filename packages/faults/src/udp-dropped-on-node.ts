import { fault, feature, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { pairOfNodes } from './pair-of-nodes.ts';
import { podsOn } from './probe-pods.ts';

export default fault({
  id: 'udp-dropped-on-node',
  story:
    'A node drops UDP between two of its own pods while TCP passes, as a filter on bridged frames does that knows TCP only.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), nodes(2)],
  apply: ({ nodes, probes }) => {
    const { name } = pairOfNodes(nodes).from;
    const pods = podsOn(probes.endpoints, name).join();
    const spec = ['-s', pods, '-d', pods, '-p', 'udp', '-j', 'DROP'];
    return insertRules(nodes, [{ node: name, table: 'filter', chain: 'FORWARD', spec }]);
  },
});
