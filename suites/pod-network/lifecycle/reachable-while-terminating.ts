import { check, feature, newPods, nodes, stimuli, targetOf } from '@netproof/core';

export default check({
  requirement:
    'A pod that is being deleted MUST be reached at its address by every pod of every node while its container still runs.',
  // Of addresses no page says it in one sentence. This one shows a pod that works on what it is sent until its grace
  // period ends, and that Services may still send it there (KEP-1669): neither is possible without its network.
  source:
    'https://kubernetes.io/docs/tutorials/services/pods-and-endpoint-termination-flow/#example-flow-with-endpoint-termination',
  slow: true,
  needs: [feature('PodNetwork'), feature(newPods), nodes(2)],
  reddenedBy: {
    must: ['terminating-cut-off', 'vxlan-dropped'],
    // New pods that nobody reaches are for reachable-when-ready: once in a proof is enough for what takes seconds.
    // A node that knows another way to who asks may take what comes from there for forged (rp_filter), uncounted.
    may: ['new-pods-unreachable', 'route-missing-one-way', 'duplicated-address', 'address-outside-range'],
  },

  async run({ nodes: { list }, pods, probes, judge }) {
    const residents = probes.endpoints.filter(({ kind }) => kind === 'pod');
    judge.everyNode(residents, list);
    const started = await Promise.all(list.map(({ name }) => pods.start(name)));
    // Their containers have had SIGTERM then, and work on.
    await Promise.all(started.map(({ pod }) => pods.terminate(pod)));
    const toldAt = performance.now();
    // What takes a network away because of a deletion may hear of it later than the container does.
    do {
      const table = await probes.matrix({
        sources: residents,
        targets: started.map(({ pod }) => targetOf(pod)),
        ports: [
          { protocol: 'TCP', port: 8080 },
          { protocol: 'UDP', port: 8080 },
        ],
      });
      judge.connected(table);
    } while (judge.judgement.findings.length === 0 && performance.now() - toldAt < stimuli.terminating);
  },
});
