import { check, feature, nodes, ownAddress, targetOf } from '@netproof/core';

export default check({
  requirement:
    'A pod MUST reach every pod on every other node, and the server MUST see the address that the client pod has.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  covers: [
    '[sig-network] NoSNAT Should be able to send traffic between Pods without SNAT',
    '[sig-network] Networking Granular Checks: Pods should function for intra-pod communication: http',
    '[sig-network] Networking Granular Checks: Pods should function for intra-pod communication: udp',
  ],
  needs: [feature('PodNetwork'), nodes(2)],
  reddenedBy: {
    must: [
      'masquerade-between-nodes',
      'route-missing-one-way',
      'vxlan-dropped',
      'udp-dropped',
      'packets-lost',
      'duplicated-address',
      'policy-targets-dead',
    ],
  },

  async run({ nodes: { list }, probes, judge }) {
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    const table = await probes.matrix({
      sources: pods,
      targets: pods.map(targetOf),
      pairs: (source, target) => source.node !== target.endpoint?.node,
      ports: [
        { protocol: 'TCP', port: 8080 },
        { protocol: 'UDP', port: 8080 },
      ],
    });
    judge.everyNode(
      table.cells.map(({ source }) => source),
      list,
    );
    judge.connected(table, ownAddress(list));
  },
});
