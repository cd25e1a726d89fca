import { podCIDRProblems, rangeProblems, rangesOf, readConfigurations } from '@netproof/cni';
import { check, feature, nodeAccess, nodes } from '@netproof/core';

export default check({
  requirement:
    'The addresses that a node may give to its pods MUST lie in its podCIDR, and no other node may have them to give.',
  // host-local promises unique addresses on a single host only: that they are so in the cluster is left to its ranges.
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  needs: [feature('NodePodCIDR'), feature(nodeAccess), feature('pods/host-local'), nodes(2)],
  reddenedBy: { must: ['cni-range-overlap'], may: ['address-outside-range'] },

  async run({ cluster: { podSubnet }, nodes, judge }) {
    const found = await readConfigurations(nodes);
    const problems = [...podCIDRProblems(nodes.list, podSubnet), ...rangeProblems(found, nodes.list)];
    judge.holds(problems.length === 0, problems.join('; '));
    judge.show({
      title: 'The ranges from which nodes give addresses',
      columns: ['node', 'podCIDR', 'ranges'],
      rows: nodes.list.map(({ name, podCIDR }) => [
        name,
        podCIDR,
        found
          .flatMap((one) => (one.node === name ? rangesOf(one) : []))
          .map(({ shown }) => shown)
          .join(', '),
      ]),
    });
  },
});
