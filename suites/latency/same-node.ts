import { check, feature, hostNetworkPods, judgeLatency, latencyTable, loadTool } from '@netproof/core';

/**
 * Ours: Kubernetes promises no number. A packet between pods of a node crosses three network stacks (both pods' and
 * the node's that forwards it) where one from the node to itself crosses one, so three times the host's time is
 * what the work itself may cost; more is waiting.
 */
const limit = 3;

export default check({
  requirement:
    'The median time to an answer between two pods of the first worker MUST NOT be more than 3 times that from the node to itself, over new connections and over kept ones.',
  // It defines what is measured, in a cluster and by a prober pod, and leaves the number open; the limit is ours.
  source:
    'https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_latency.md#definition',
  slow: true,
  needs: [feature('PodNetwork'), feature(hostNetworkPods), feature(loadTool)],
  // No pod answers there, k6 neither, which takes seconds to find that out.
  reddenedBy: { must: ['shaped-on-node'], may: ['policy-targets-dead'] },

  async run({ nodes: { list }, probes, load, judge }) {
    const [node] = list.toSorted((a, b) => Number(a.controlPlane) - Number(b.controlPlane));
    const here = probes.endpoints.filter((endpoint) => endpoint.node === node?.name);
    const [source, target] = here.filter(({ kind }) => kind === 'pod');
    const host = here.find(({ kind }) => kind === 'node');
    if (source === undefined || target === undefined || host === undefined) {
      judge.error(`${node?.name} has no two pods and an agent of its own`);
      return;
    }
    const comparisons = await load.compare({
      routes: { path: { source, target }, baseline: { source: host, target: host } },
      names: {
        path: `pod ${source.id} → pod ${target.id}, same node`,
        baseline: `${host.id} → itself`,
      },
      limit,
    });
    for (const comparison of comparisons) judgeLatency(judge, comparison);
    judge.show(latencyTable(comparisons));
  },
});
