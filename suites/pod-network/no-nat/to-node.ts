import { check, feature, hostNetworkPods, ownAddress, targetOf } from '@netproof/core';

export default check({
  requirement:
    'A pod in the network of a node (hostNetwork) that another pod reaches MUST see the address that this pod has.',
  // The page excepts pods in the host's network on Windows only.
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  // CNIs masquerade whatever leaves the pod network unless they know the nodes' addresses too.
  needs: [feature('PodNetwork'), feature(hostNetworkPods), feature('PodAddressAtNodes')],
  // A node that knows another way to an address may take what comes from it for forged (rp_filter), uncounted.
  reddenedBy: {
    must: ['masquerade-to-nodes', 'node-refuses-pods'],
    may: ['duplicated-address', 'route-missing-one-way', 'vxlan-dropped'],
  },

  async run({ nodes: { list }, probes, judge }) {
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
    judge.connected(table, ownAddress(list));
  },
});
