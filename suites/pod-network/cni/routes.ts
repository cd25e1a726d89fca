import { describeWay, readRoutes, routeProblems } from '@netproof/cni';
import { check, feature, nodeAccess, nodes } from '@netproof/core';

export default check({
  requirement:
    'Every node MUST know the way to the podCIDR of every other node: one way for all of it, and not the default route.',
  // A node that does not speaks to pods, and routes for its own, by way of somebody outside of the cluster.
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  needs: [feature('NodePodCIDR'), feature(nodeAccess), nodes(2)],
  // Nothing is sent here, so what counts packets cannot tell that it was met.
  reddenedBy: { must: ['stale-route'], may: ['route-missing-one-way', 'duplicated-address'] },

  async run({ nodes, probes, judge }) {
    const all = await readRoutes(nodes, probes.endpoints);
    for (const one of all) {
      const problems = routeProblems(one);
      judge.holds(problems.length === 0, `${one.node}: ${problems.join('; ')}`);
    }
    judge.show({
      title: 'The way from each node to the podCIDR of each other one',
      columns: ['node', 'to', 'podCIDR', 'way'],
      rows: all.map(({ node, peer, ways }) => {
        const different = new Set([...ways.values()].map(describeWay));
        return [node, peer.name, peer.podCIDR, [...different].join('; ')];
      }),
    });
  },
});
