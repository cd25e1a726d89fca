import { fault, feature } from '@netproof/core';
import { podsOn } from './probe-pods.ts';
import { pingBetween } from './round-trip.ts';
import { shape } from './shaper.ts';

export default fault({
  id: 'shaped-on-node',
  story:
    'Requests of pods to pods on their own node wait in a queue before they leave the pod, as a rate limit makes them that is set too low.',
  needs: [feature('PodNetwork')],
  apply: ({ nodes, probes: { endpoints } }) =>
    shape(
      nodes,
      endpoints.filter(({ kind }) => kind === 'pod').map((pod) => ({ pod, to: podsOn(endpoints, pod.node) })),
      pingBetween(nodes, endpoints, 'same-node'),
    ),
});
