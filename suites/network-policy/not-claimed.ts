import { bounds, check, feature, nodes, policyPorts, targetOf, without } from '@netproof/core';
import { policy } from '@netproof/isolation';

export default check({
  requirement:
    'A cluster that does not claim NetworkPolicy MUST let traffic pass that a policy denies: what is enforced is to be claimed, and judged.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites',
  slow: true,
  needs: [feature('PodNetwork'), without('NetworkPolicy'), nodes(2)],
  reddenedBy: {
    must: ['route-missing-one-way', 'vxlan-dropped', 'udp-dropped', 'duplicated-address'],
    may: ['udp-dropped-on-node', 'packets-lost'],
  },

  async run({ isolation, nodes: { list }, probes, judge }) {
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    judge.everyNode(pods, list);
    const ask = () =>
      probes.matrix({
        sources: pods,
        targets: pods.map(targetOf),
        pairs: (source, target) => source !== target.endpoint,
        ports: policyPorts,
      });
    const deny = (['x', 'y', 'z'] as const).map((space) =>
      policy(space, 'deny-all', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    );
    try {
      const { acceptedAt } = await isolation.set({ policies: deny });
      // An engine that is there takes tenths of a second, one that enforces later than this is not found.
      do judge.connected(await ask());
      while (judge.judgement.findings.length === 0 && performance.now() - acceptedAt < bounds.policyIgnored);
    } finally {
      await isolation.set({ policies: [] });
    }
  },
});
