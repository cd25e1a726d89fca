import {
  bounds,
  check,
  clusterPorts,
  feature,
  judgeBackends,
  newPods,
  nodes,
  onePodPerNode,
  type Sample,
} from '@netproof/core';
import { connectionsToSeeAll } from '@netproof/stats';

/** A sample of a right network misses one of two backends by chance less often than once in a milliard. */
const connections = connectionsToSeeAll(2, 1e-9);

/*
 * Each is asked from a fresh source port. A UDP flow that a client keeps, and that conntrack leads to where it went before,
 * is not asked.
 */
export default check({
  requirement:
    'A ClusterIP MUST lead new connections, and datagrams from new source ports, to an endpoint when its pod has become ready, and no more when that pod is being deleted and another is ready, from every node; Kubernetes names no time for it, so each within the 30 s that its scalability tests give a proxy.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow',
  slow: true,
  needs: [feature('PodNetwork'), feature('Services'), feature(newPods), nodes(2)],
  reddenedBy: {
    must: ['endpoint-lingers', 'vxlan-dropped'],
    // What takes seconds runs once in a proof; these are found by what takes none.
    may: [
      'new-pods-unreachable',
      'route-missing-one-way',
      'duplicated-address',
      'address-outside-range',
      'packets-lost',
      'udp-dropped',
      'udp-dropped-on-node',
      'target-ports-crossed',
    ],
  },

  async run({ cluster, nodes: { list }, pods, probes, judge }) {
    const sources = onePodPerNode(probes.endpoints);
    judge.everyNode(sources, list);
    const service = await cluster.service('netproof-new', 'come-and-go');
    const [leaving, staying] = await Promise.all(list.slice(-2).map(({ name }) => pods.start(name)));
    if (leaving === undefined || staying === undefined) throw new Error('a check on two nodes has two pods');

    const ask = (backends: readonly string[]) =>
      Promise.all(
        clusterPorts({ ...service, backends }).flatMap((address) =>
          sources.map((source) => probes.sample({ source, ...address, connections })),
        ),
      );
    /** Asks until each sample comes to just these. One that began before the bound was reached does not show that they never do. */
    const led = async (backends: readonly string[]) => {
      const since = performance.now();
      for (;;) {
        const late = performance.now() - since > bounds.serviceProgramming;
        const samples = await ask(backends);
        const ms = performance.now() - since;
        if (samples.every(comesTo(backends)) || late) return { samples, ms };
      }
    };
    const both = [leaving.pod.id, staying.pod.id];
    const came = await led(both);
    judgeBackends(judge, came.samples, { backends: both, connections });
    // Where it never came nothing is shown by its going.
    if (judge.judgement.findings.length > 0) return;
    // It works on, so that whoever is still led to it is answered, and by whom.
    await pods.terminate(leaving.pod);
    const went = await led([staying.pod.id]);
    const after = went.samples.every(comesTo([staying.pod.id])) ? await ask([staying.pod.id]) : went.samples;
    judgeBackends(judge, after, { backends: [staying.pod.id], connections });
    judge.show({
      title: 'How long the proxies of all nodes took, to the end of the first samples that showed it',
      columns: ['what changed', 'seconds'],
      rows: [
        [`${both.join(' and ')} became ready`, (came.ms / 1_000).toFixed(2)],
        [`${leaving.pod.id} was told to end`, (went.ms / 1_000).toFixed(2)],
      ],
    });
  },
});

const comesTo = (backends: readonly string[]) => (sample: Sample) =>
  sample.verdicts.connected === connections && new Set(sample.servers).size === backends.length;
