import { fault, feature, nodes } from '@netproof/core';
import { podsElsewhere } from './probe-pods.ts';
import { pingBetween } from './round-trip.ts';
import { shape } from './shaper.ts';

export default fault({
  id: 'shaped-between-nodes',
  story:
    'Requests of pods to pods on other nodes wait in a queue before they leave the pod, as a rate limit makes them that is set too low.',
  needs: [feature('PodNetwork'), nodes(2)],
  apply: ({ nodes, probes: { endpoints } }) =>
    shape(
      nodes,
      endpoints
        .filter(({ kind }) => kind === 'pod')
        .map((pod) => ({ pod, to: podsElsewhere(endpoints, pod.node) })),
      pingBetween(nodes, endpoints, 'other-node'),
    ),
});
