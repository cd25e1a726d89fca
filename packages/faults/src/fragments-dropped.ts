import { fault, feature, nodes } from '@netproof/core';
import { dropBetween } from './between-pods.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/*
 * By the size of the whole datagram where connection tracking has put its fragments together, and by that of the first
 * ones where it has not: either is more than 1,300 bytes, which TCP's segments may be as well.
 */
export default fault({
  id: 'fragments-dropped',
  story:
    'Datagrams that come in fragments from another node are lost, as behind a load balancer or a firewall that knows no fragments.',
  needs: [feature('PodNetwork'), nodes(2)],
  apply(context) {
    const { from, to } = pairOfNodes(context.nodes);
    const match = ['-p', 'udp', '-m', 'length', '--length', '1300:65535'];
    return dropBetween(context, [{ from, to: [to], match }]);
  },
});
