import { fault, feature, nodes } from '@netproof/core';
import { pairOfNodes } from './pair-of-nodes.ts';
import { podsOn } from './probe-pods.ts';
import { leadNowhere } from './to-nowhere.ts';

/*
 * The true route is not deleted but hidden by routes to nowhere, one for each pod: without any route of its own the
 * traffic would follow the node's default route and leave the cluster, and the CNI may renew its own.
 */
export default fault({
  id: 'route-missing-one-way',
  story:
    'A node does not know the way to the pods of another, as when a route controller has not seen a node.',
  needs: [feature('PodNetwork'), feature('pods/routes'), nodes(2)],
  apply({ nodes, probes }) {
    const { from, to } = pairOfNodes(nodes);
    return leadNowhere(nodes, from.name, podsOn(probes.endpoints, to.name));
  },
});
