import { fault, feature, nodes } from '@netproof/core';
import { pingBetween } from './round-trip.ts';
import { shape } from './shaper.ts';

export default fault({
  id: 'shaped-between-nodes',
  story:
    'Requests of pods to pods on other nodes wait in a queue of their node, as a rate limit makes them that is set too low.',
  needs: [feature('PodNetwork'), nodes(2)],
  apply: ({ cluster: { podSubnet }, nodes, probes }) =>
    shape(
      nodes,
      nodes.list.map(({ name }) => ({
        node: name,
        devices: 'echo eth0',
        source: podSubnet,
        destination: podSubnet,
      })),
      pingBetween(nodes, probes.endpoints, 'other-node'),
    ),
});
