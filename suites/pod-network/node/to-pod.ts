import { check, feature, hostNetworkPods, type Observation, type Table, targetOf } from '@netproof/core';

export default check({
  requirement:
    'A node MUST reach every pod, on itself and on every other node, and the pod MUST see the address from which the node speaks.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  covers: [
    '[sig-network] Networking Granular Checks: Pods should function for node-pod communication: http',
    '[sig-network] Networking Granular Checks: Pods should function for node-pod communication: udp',
  ],
  needs: [feature('PodNetwork'), feature(hostNetworkPods)],
  reddenedBy: {
    must: [
      'node-cut-off-from-pods',
      'snat-from-node',
      'route-missing-one-way',
      'vxlan-dropped',
      'duplicated-address',
      'policy-targets-dead',
    ],
    // Where they are in the pods, they meet what their node says too.
    may: ['udp-dropped', 'udp-dropped-on-node', 'packets-lost'],
  },

  async run({ nodes: { list }, probes, judge }) {
    // Agents in the nodes' own networks. They are pods too: what the model says of pods holds for them on Linux.
    const nodes = probes.endpoints.filter(({ kind }) => kind === 'node');
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    const table = await probes.matrix({
      sources: nodes,
      targets: pods.map(targetOf),
      ports: [
        { protocol: 'TCP', port: 8080 },
        { protocol: 'UDP', port: 8080 },
      ],
    });
    judge.everyNode(nodes, list);
    judge.everyNode(pods, list);
    // Which of its addresses a node speaks from is its own affair; that nobody rewrites it is promised.
    judge.connected(table, ({ clientAddress, clientSeenAs }) =>
      clientSeenAs === clientAddress
        ? undefined
        : `connected, but the pod saw ${clientSeenAs}, the node spoke from ${clientAddress}`,
    );
    judge.show(spokenFrom(table));
  },
});

function spokenFrom({ cells }: Table): Observation {
  const rows = cells.map(({ source, target, clientAddress = '–' }) => {
    const to = target.endpoint?.node === source.node ? 'its own pods' : 'pods of other nodes';
    return [source.node, to, clientAddress];
  });
  const same = Map.groupBy(rows, (row) => row.join(' '));
  return {
    title: 'The address from which each node speaks to pods',
    columns: ['node', 'to', 'address', 'probes'],
    rows: [...same.values()].flatMap(([row, ...more]) => (row ? [[...row, 1 + more.length]] : [])),
  };
}
