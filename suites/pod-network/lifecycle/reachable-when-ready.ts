import { type AskedPod, check, feature, newPodOnEachNode, newPods, nodes } from '@netproof/core';
import { quantile } from '@netproof/stats';

export default check({
  requirement:
    'A new pod MUST get Ready on every node, and from that moment on every pod of every node MUST reach it and MUST be reached by it, and each MUST see the address that the other has.',
  // "Pods can communicate with each other directly, without the use of proxies or address translation." From Ready on,
  // because such a pod can serve requests, and so can be sent them: /docs/concepts/workloads/pods/pod-lifecycle.
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  slow: true,
  needs: [feature('PodNetwork'), feature(newPods), nodes(2)],
  // What takes the way to a resident pod takes the answers of the new one with it.
  reddenedBy: {
    must: ['new-pods-unreachable', 'new-pods-egress-dropped', 'cni-agent-stopped', 'vxlan-dropped'],
    // A node that knows another way to who asks may take what comes from there for forged (rp_filter), uncounted.
    may: ['route-missing-one-way', 'duplicated-address', 'address-outside-range', 'policy-targets-dead'],
  },

  async run(context) {
    const { nodes, probes, judge } = context;
    const residents = probes.endpoints.filter(({ kind }) => kind === 'pod');
    judge.everyNode(residents, nodes.list);
    const started = await newPodOnEachNode(context, residents);
    const answers = started.map((one) => ({ ...one, ms: firstAnswers(one) }));
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

/** From when we heard that the pod is Ready to each first answer; our way to the asking agents is part of it. */
function firstAnswers({ readyAt, askedAt, reached }: AskedPod): readonly number[] {
  return reached.flatMap(({ verdict, ms }) =>
    verdict === 'connected' && ms !== undefined ? [askedAt - readyAt + ms] : [],
  );
}
