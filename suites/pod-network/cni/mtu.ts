import { pathProblem, readPaths } from '@netproof/cni';
import { check, feature, nodeAccess, nodes } from '@netproof/core';

export default check({
  requirement:
    'No interface of a pod MUST let larger packets through than the device by which its node sends them to other nodes.',
  // The model promises communication, not that of small packets.
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  needs: [feature('PodNetwork'), feature(nodeAccess), nodes(2)],
  reddenedBy: { must: ['mtu-above-link'] },

  async run({ nodes, probes, judge }) {
    const paths = await readPaths(nodes, probes.endpoints);
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    for (const pod of pods) {
      const own = paths.filter(({ node, ip }) => node === pod.node && ip === pod.ip);
      if (own.length === 0) judge.error(`no way from ${pod.id} on ${pod.node} was found`);
    }
    for (const path of paths) {
      const problem = pathProblem(path);
      judge.holds(problem === undefined, `${path.node}: ${problem}`);
    }
    judge.show({
      title: 'The MTU of each pod, and of the device of its node that leads to pods elsewhere',
      columns: ['node', 'pod', 'interface', 'MTU', 'by its route', 'device', 'MTU of it', 'by its route'],
      rows: paths.map(({ node, ip, own, link }) => [
        node,
        pods.find((pod) => pod.node === node && pod.ip === ip)?.id ?? ip,
        own.device,
        own.mtu,
        own.allowed,
        link.device,
        link.mtu,
        link.allowed,
      ]),
    });
  },
});
