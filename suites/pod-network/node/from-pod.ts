import { check, feature, hostNetworkPods, targetOf } from '@netproof/core';

export default check({
  requirement: 'A pod MUST reach every node, its own and every other one, at the InternalIP.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  needs: [feature('PodNetwork'), feature(hostNetworkPods)],
  // A node that knows another way to an address may take what comes from it for forged (rp_filter), uncounted.
  reddenedBy: {
    must: ['node-refuses-pods'],
    may: ['duplicated-address', 'route-missing-one-way', 'vxlan-dropped'],
  },

  async run({ nodes: { list }, probes, judge }) {
    // The servers are pods in the nodes' own networks, which the model does not except on Linux. Whether they see
    // the pod's own address is the requirement of no-nat/to-node.
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    const nodes = probes.endpoints.filter(({ kind }) => kind === 'node');
    const table = await probes.matrix({
      sources: pods,
      targets: nodes.map(targetOf),
      ports: [
        { protocol: 'TCP', port: 8080 },
        { protocol: 'UDP', port: 8080 },
      ],
    });
    judge.everyNode(pods, list);
    judge.everyNode(nodes, list);
    judge.connected(table);
  },
});
