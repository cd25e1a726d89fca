import {
  configurationFolder,
  configurationProblems,
  networkOf,
  pluginsOf,
  readConfigurations,
} from '@netproof/cni';
import { check, feature, nodeAccess } from '@netproof/core';

export default check({
  requirement:
    'On every node the network configuration that the container runtime takes MUST be one that CNI allows, and every plugin that it names MUST be there to be run.',
  source: 'https://github.com/containernetworking/cni/blob/spec-v1.1.0/SPEC.md#configuration-format',
  needs: [feature('PodNetwork'), feature(nodeAccess)],
  reddenedBy: { must: ['cni-config-invalid'] },

  async run({ cluster: { claims }, nodes, judge }) {
    const found = await readConfigurations(nodes);
    for (const one of found) {
      const problems = configurationProblems(one, claims.includes('NodePodCIDR'));
      judge.holds(
        problems.length === 0,
        `${one.node}: ${configurationFolder}/${one.file}: ${problems.join('; ')}`,
      );
    }
    judge.show({
      title: 'The network configuration of each node',
      columns: ['node', 'file', 'plugins'],
      rows: found.map((one) => [
        one.node,
        one.file,
        pluginsOf(networkOf(one))
          .map(({ type }) => String(type))
          .join(', '),
      ]),
    });
  },
});
