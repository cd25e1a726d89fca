import { fault, feature, nodes } from '@netproof/core';
import { dropBetween } from './between-pods.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

export default fault({
  id: 'udp-dropped-on-node',
  story:
    'A node drops UDP between two of its own pods while TCP passes, as a filter on bridged frames does that knows TCP only.',
  needs: [feature('PodNetwork'), nodes(2)],
  apply(context) {
    const { from } = pairOfNodes(context.nodes);
    return dropBetween(context, [{ from, to: [from], match: ['-p', 'udp'] }]);
  },
});
