import {
  check,
  feature,
  hostNetworkPods,
  judgeLatency,
  latencyTable,
  loadTool,
  nodes,
  onePodPerNode,
} from '@netproof/core';

/**
 * Ours: Kubernetes promises no number. A packet between pods crosses three network stacks at either end where one
 * between nodes crosses one (the pod's, the node's that forwards it, and an encapsulation), so three times the
 * host's time is what the work itself may cost; more is waiting.
 */
const limit = 3;

export default check({
  requirement:
    'The median time to an answer from a pod on the first worker to one on the second MUST NOT be more than 3 times that between the two nodes themselves, over new connections and over kept ones.',
  // It defines what is measured, in a cluster and by a prober pod, and leaves the number open; the limit is ours.
  source:
    'https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_latency.md#definition',
  slow: true,
  needs: [feature('PodNetwork'), feature(hostNetworkPods), feature(loadTool), nodes(2)],
  reddenedBy: {
    must: ['shaped-between-nodes', 'vxlan-dropped'],
    // k6 takes seconds to find no way, and many checks are red then.
    may: ['packets-lost', 'route-missing-one-way', 'policy-targets-dead'],
  },

  async run({ nodes: { list }, probes, load, judge }) {
    const workers = list.toSorted((a, b) => Number(a.controlPlane) - Number(b.controlPlane));
    const pods = onePodPerNode(probes.endpoints);
    const [from, to] = workers.flatMap(({ name }) => {
      const pod = pods.find(({ node }) => node === name);
      const host = probes.endpoints.find(({ kind, node }) => kind === 'node' && node === name);
      return pod && host ? [{ pod, host }] : [];
    });
    if (from === undefined || to === undefined) {
      judge.error('there are no two nodes with a pod and an agent of their own');
      return;
    }
    const comparisons = await load.compare({
      routes: {
        path: { source: from.pod, target: to.pod },
        baseline: { source: from.host, target: to.host },
      },
      names: {
        path: `pod ${from.pod.id} → pod ${to.pod.id}, other node`,
        baseline: `${from.host.id} → ${to.host.id}`,
      },
      limit,
    });
    for (const comparison of comparisons) judgeLatency(judge, comparison);
    judge.show(latencyTable(comparisons));
  },
});
