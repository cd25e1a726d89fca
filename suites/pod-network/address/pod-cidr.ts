import { check, feature, newPods, outsidePodCIDR } from '@netproof/core';

export default check({
  requirement:
    'The address of every pod MUST lie inside the podCIDR of its node, that of a new one as those that were given before.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/#NodeSpec',
  slow: true,
  needs: [feature('NodePodCIDR'), feature(newPods)],
  reddenedBy: { must: ['address-outside-range'] },

  async run({ nodes: { list }, pods, probes, judge }) {
    const residents = probes.endpoints.filter(({ kind }) => kind === 'pod');
    const started = await Promise.all(list.map(({ name }) => pods.start(name)));
    const all = [...residents, ...started.map(({ pod }) => pod)];
    judge.everyNode(residents, list);
    const strays = outsidePodCIDR(all, list);
    judge.holds(strays.length === 0, `outside the podCIDR of its node: ${strays.join('; ')}`);
    judge.show({
      title: 'The addresses of pods, and the podCIDR of their node',
      columns: ['node', 'podCIDR', 'of new pods', 'of others'],
      rows: list.map(({ name, podCIDR }) => {
        const of = (some: readonly { readonly node: string; readonly ip: string }[]) =>
          some.flatMap(({ node, ip }) => (node === name ? [ip] : [])).join(', ');
        return [name, podCIDR, of(started.map(({ pod }) => pod)), of(residents)];
      }),
    });
  },
});
