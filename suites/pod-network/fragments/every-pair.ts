import { check, feature, nodes, targetOf } from '@netproof/core';

/** Bytes each way: a handful of fragments on an Ethernet. */
const padding = 7_000;

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
    const table = await probes.matrix({
      sources: pods,
      targets: pods.map(targetOf),
      pairs: (source, target) => source !== target.endpoint,
      ports: [{ protocol: 'UDP', port: 8080 }],
      padding,
    });
    judge.everyNode(pods, list);
    judge.connected(table);
  },
});
