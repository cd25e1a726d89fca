import {
  type Cell,
  check,
  feature,
  NetproofError,
  newPods,
  nodes,
  type StartedPod,
  targetOf,
} from '@netproof/core';
import { quantile } from '@netproof/stats';

export default check({
  requirement:
    'A new pod MUST get Ready on every node, and be reached by every pod of every node from that moment on.',
  // It says that a pod which is Ready can serve requests, and so can be sent them.
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-conditions',
  slow: true,
  needs: [feature('PodNetwork'), feature(newPods), nodes(2)],
  // What takes the way to a resident pod takes the answers of the new one with it.
  reddenedBy: {
    must: ['new-pods-unreachable', 'cni-agent-stopped', 'vxlan-dropped'],
    // A node that knows another way to who asks may take what comes from there for forged (rp_filter), uncounted.
    may: ['route-missing-one-way', 'duplicated-address', 'address-outside-range'],
  },

  async run({ nodes: { list }, pods, probes, judge }) {
    const residents = probes.endpoints.filter(({ kind }) => kind === 'pod');
    const tried = await Promise.allSettled(
      list.map(async ({ name }): Promise<Seen> => {
        const started = await pods.start(name);
        const askedAt = performance.now();
        const { cells } = await probes.matrix({
          sources: residents,
          targets: [targetOf(started.pod)],
          ports: [
            { protocol: 'TCP', port: 8080 },
            { protocol: 'UDP', port: 8080 },
          ],
        });
        return { ...started, askedAt, cells };
      }),
    );
    const seen = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const [at, one] of tried.entries()) {
      if (one.status === 'fulfilled') continue;
      // Where no pod at all gets Ready it may be the machine that keeps them.
      const { reason } = one;
      if (seen.length === 0 || !(reason instanceof NetproofError && reason.code === 'NOT_READY'))
        throw reason;
      judge.holds(false, `a new pod on ${list[at]?.name} did not get Ready: ${reason.message}`);
    }
    judge.everyNode(residents, list);
    // The first try counts: of attempts of which one stays silent nothing is `connected`.
    judge.connected({ cells: seen.flatMap(({ cells }) => cells), ms: 0 });
    const answers = seen.map((one) => ({ ...one, ms: firstAnswers(one) }));
    const all = answers.flatMap(({ ms }) => ms);
    if (all.length === 0) return;
    judge.measured({ name: 'Ready to answer, p50', unit: 'ms', value: quantile(all, 0.5) });
    judge.measured({ name: 'Ready to answer, longest', unit: 'ms', value: Math.max(...all) });
    judge.show({
      title: 'From the API server to a first answer of a new pod, over TCP and UDP',
      columns: ['node', 'sent to Ready, ms', 'Ready to answer, p50 ms', 'longest ms', 'answers'],
      rows: answers.map(({ pod, sentAt, readyAt, ms }) => [
        pod.node,
        Math.round(readyAt - sentAt),
        ms.length === 0 ? '–' : Math.round(quantile(ms, 0.5)),
        ms.length === 0 ? '–' : Math.round(Math.max(...ms)),
        ms.length,
      ]),
    });
  },
});

interface Seen extends StartedPod {
  readonly askedAt: number;
  readonly cells: readonly Cell[];
}

/** From when we heard that the pod is Ready to each first answer; our way to the asking agents is part of it. */
function firstAnswers({ readyAt, askedAt, cells }: Seen): readonly number[] {
  return cells.flatMap(({ verdict, ms }) =>
    verdict === 'connected' && ms !== undefined ? [askedAt - readyAt + ms] : [],
  );
}
