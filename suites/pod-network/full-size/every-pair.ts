import { check, feature, nodes, targetOf } from '@netproof/core';

/** Bytes each way: more than fits into two of the largest packets that networks carry (jumbo frames, 9,001 bytes). */
const padding = 20_000;

export default check({
  requirement:
    'A pod MUST reach every other pod also with packets as large as its own network interface makes them, in both directions.',
  // The model promises communication, not that of small packets.
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  needs: [feature('PodNetwork'), nodes(2)],
  reddenedBy: {
    must: [
      'large-packets-dropped',
      'route-missing-one-way',
      'vxlan-dropped',
      'duplicated-address',
      'policy-targets-dead',
    ],
    may: ['packets-lost'],
  },

  async run({ nodes: { list }, probes, judge }) {
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    const table = await probes.matrix({
      sources: pods,
      targets: pods.map(targetOf),
      pairs: (source, target) => source !== target.endpoint,
      // A datagram of that size would be cut into fragments, which is another promise.
      ports: [{ protocol: 'TCP', port: 8080 }],
      padding,
    });
    judge.everyNode(pods, list);
    judge.connected(table);
  },
});
