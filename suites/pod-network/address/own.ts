import { check, feature, targetOf } from '@netproof/core';

export default check({
  requirement:
    'Every pod MUST have an address of its own: the one that its status gives, at which it alone answers, from everywhere in the cluster.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  needs: [feature('PodNetwork')],
  // A pod that does not answer at its address cannot be told from one that has lost it to a silent other.
  reddenedBy: {
    must: ['duplicated-address', 'route-missing-one-way', 'vxlan-dropped', 'policy-targets-dead'],
    may: ['packets-lost'],
  },

  async run({ nodes: { list }, probes, judge }) {
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    for (const [ip, owners] of Map.groupBy(pods, (pod) => pod.ip)) {
      const ids = owners.map(({ id }) => id).join(' and ');
      judge.holds(
        ip !== '' && owners.length === 1,
        `${ip === '' ? 'no address' : ip} is the address of ${ids}`,
      );
    }
    // Each asks itself too: an address that is not on its interface leaves the pod, and somebody else answers.
    const table = await probes.matrix({
      sources: pods,
      targets: pods.map(targetOf),
      ports: [{ protocol: 'TCP', port: 8080 }],
    });
    judge.everyNode(pods, list);
    judge.connected(table, ({ source, clientAddress }) =>
      clientAddress === source.ip
        ? undefined
        : `connected, but ${source.id} spoke from ${clientAddress}, its status says ${source.ip}`,
    );
  },
});
