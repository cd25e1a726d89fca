import { fault, feature, nodes } from '@netproof/core';
import { dropBetween } from './between-pods.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

export default fault({
  id: 'icmp-dropped',
  story:
    'ICMP from one node to another is dropped, as by a firewall whose owner takes it for dangerous: errors about packets that are too large are lost with it.',
  needs: [feature('PodNetwork'), nodes(2)],
  apply(context) {
    const { from, to } = pairOfNodes(context.nodes);
    return dropBetween(context, [{ from, to: [to], match: ['-p', 'icmp'] }]);
  },
});
