import { check, echo, feature, icmpEcho, nodes, targetOf } from '@netproof/core';

export default check({
  requirement:
    'A pod MUST get an answer to an ICMP echo from every other pod, with the largest packet that may not be fragmented and that it is not told is too large, by its own kernel or by a router.',
  // Who is told of a smaller MTU heeds it; where nobody tells, all that is larger vanishes.
  source: 'https://www.rfc-editor.org/rfc/rfc1191#section-3',
  needs: [feature('PodNetwork'), feature(icmpEcho), nodes(2)],
  reddenedBy: {
    must: [
      'icmp-dropped',
      'large-packets-dropped',
      'route-missing-one-way',
      'vxlan-dropped',
      'duplicated-address',
    ],
    // Where the pod's routes have an MTU of their own, it is that one which counts. A path on which echoes wait for each
    // other loses sight of the last ones.
    may: ['mtu-above-link', 'packets-lost', 'shaped-between-nodes', 'shaped-on-node'],
  },

  async run({ nodes: { list }, probes, judge }) {
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    const table = await probes.matrix({
      sources: pods,
      targets: pods.map(targetOf),
      pairs: (source, target) => source !== target.endpoint,
      ports: [echo],
      unfragmented: true,
    });
    judge.everyNode(pods, list);
    judge.connected(table);
  },
});
