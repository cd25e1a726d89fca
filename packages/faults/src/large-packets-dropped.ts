import { fault, feature, nodes } from '@netproof/core';
import { dropBetween } from './between-pods.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/*
 * 1,300 bytes: less than any MTU that is left to pods by an encapsulation on an Ethernet, and more than what
 * probes and name servers send.
 */
export default fault({
  id: 'large-packets-dropped',
  story:
    'Packets that leave a node’s pods for another node are lost when they are large, as where an encapsulation was not subtracted from the pods’ MTU and ICMP is blocked.',
  needs: [feature('PodNetwork'), nodes(2)],
  apply(context) {
    const { from, to } = pairOfNodes(context.nodes);
    return dropBetween(context, [{ from, to: [to], match: ['-m', 'length', '--length', '1300:65535'] }]);
  },
});
