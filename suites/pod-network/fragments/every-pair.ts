import { check, feature, type Judge, nodes, type Packets, type Table, targetOf } from '@netproof/core';

/** So many bytes more than one packet: two fragments, whatever the network carries. */
const more = 1_000;
/** A datagram of UDP has no room for more, with what a question and its answer say beside it. */
const largest = 65_000;

export default check({
  requirement:
    'A pod MUST reach every other pod with datagrams that are larger than a packet, which arrive in fragments, in both directions.',
  // The model promises communication, and a datagram of UDP may be as large as IP's (RFC 768).
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  needs: [feature('PodNetwork'), nodes(2)],
  reddenedBy: {
    must: [
      'fragments-dropped',
      'large-packets-dropped',
      'udp-dropped',
      'udp-dropped-on-node',
      'route-missing-one-way',
      'vxlan-dropped',
      'duplicated-address',
      'policy-targets-dead',
    ],
    // Where the pod's routes have an MTU of their own, it is that one which counts.
    may: ['mtu-above-link', 'packets-lost'],
  },

  async run({ nodes: { list }, probes, judge }) {
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    const before = await probes.packets(pods);
    const padding = Math.min(Math.max(...before.map(({ mtu }) => mtu)) + more, largest);
    const table = await probes.matrix({
      sources: pods,
      targets: pods.map(targetOf),
      pairs: (source, target) => source !== target.endpoint,
      ports: [{ protocol: 'UDP', port: 8080 }],
      padding,
    });
    const after = await probes.packets(pods);
    judge.everyNode(pods, list);
    judge.connected(table);
    cut(before, after, table, judge);
    judge.show({
      title: `Fragments that each pod made of its datagrams of ${padding} bytes and more`,
      columns: ['pod', 'node', 'MTU', 'fragments'],
      rows: before.map(({ endpoint, mtu, fragments }, at) => [
        endpoint.id,
        endpoint.node,
        mtu,
        (after[at]?.fragments ?? fragments) - fragments,
      ]),
    });
  },
});

/** Where what was answered did not come in fragments, nothing is proved of them. */
function cut(before: readonly Packets[], after: readonly Packets[], { cells }: Table, judge: Judge): void {
  for (const [at, { endpoint, fragments, reason = after[at]?.reason }] of before.entries()) {
    const { id, node } = endpoint;
    if (reason !== undefined) {
      judge.error(`of the packets of ${id} on ${node} nothing is known: ${reason}`);
      continue;
    }
    // Each pod sends questions of its own, and answers.
    const answered = cells.filter(
      ({ verdict, source, target }) =>
        verdict === 'connected' && (source.id === id || target.endpoint?.id === id),
    ).length;
    const made = (after[at]?.fragments ?? 0) - fragments;
    if (made < 2 * answered)
      judge.error(`${id} on ${node} made ${made} fragments of ${answered} datagrams that were answered`);
  }
}
