import { check, feature, newPods, nodes, targetOf } from '@netproof/core';

export default check({
  requirement:
    'A pod MUST keep its address when its container is restarted, and the new container MUST answer there to every pod of every node.',
  // The address is the pod's, whose containers share it.
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  slow: true,
  needs: [feature('PodNetwork'), feature(newPods), nodes(2)],
  reddenedBy: {
    must: ['restarted-cut-off', 'vxlan-dropped'],
    // New pods that nobody reaches are for reachable-when-ready: once in a proof is enough for what takes seconds.
    // A node that knows another way to who asks may take what comes from there for forged (rp_filter), uncounted.
    may: ['new-pods-unreachable', 'route-missing-one-way', 'duplicated-address', 'address-outside-range'],
  },

  async run({ nodes: { list }, pods, probes, judge }) {
    const residents = probes.endpoints.filter(({ kind }) => kind === 'pod');
    judge.everyNode(residents, list);
    const restarted = await Promise.all(
      list.map(async ({ name }) => {
        const { pod } = await pods.start(name);
        return { before: pod, after: await pods.restart(pod) };
      }),
    );
    for (const { before, after } of restarted) {
      judge.holds(
        after.ip === before.ip,
        `${before.id} on ${before.node} had ${before.ip}, and ${after.ip} after its container was restarted`,
      );
    }
    const table = await probes.matrix({
      sources: residents,
      // Where the old container was: the agent there is another process.
      targets: restarted.map(({ before, after }) => ({ ...targetOf(after), address: before.ip })),
      ports: [
        { protocol: 'TCP', port: 8080 },
        { protocol: 'UDP', port: 8080 },
      ],
    });
    judge.connected(table);
  },
});
