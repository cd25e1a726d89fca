import { fault, feature, nodes } from '@netproof/core';
import { dropBetween } from './between-pods.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

export default fault({
  id: 'udp-dropped',
  story:
    'UDP from one node to another is dropped while TCP passes, as a firewall between them does that knows TCP only.',
  needs: [feature('PodNetwork'), nodes(2)],
  apply(context) {
    const { from, to } = pairOfNodes(context.nodes);
    return dropBetween(context, [{ from, to: [to], match: ['-p', 'udp'] }]);
  },
});
