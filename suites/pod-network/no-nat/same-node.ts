import { check, feature, ownAddress, targetOf } from '@netproof/core';

export default check({
  requirement:
    'A pod MUST reach every other pod on its own node, and the server MUST see the address that the client pod has.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  covers: ['[sig-network] NoSNAT Should be able to send traffic between Pods without SNAT'],
  needs: [feature('PodNetwork')],
  reddenedBy: { must: ['masquerade-on-node', 'udp-dropped-on-node', 'policy-targets-dead'] },

  async run({ nodes: { list }, probes, judge }) {
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    const table = await probes.matrix({
      sources: pods,
      targets: pods.map(targetOf),
      // A pod that speaks to itself need not leave its network namespace: it proves nothing about the node.
      pairs: (source, target) => source.node === target.endpoint?.node && source.id !== target.endpoint.id,
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
