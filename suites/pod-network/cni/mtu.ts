import { pathProblem, readPaths } from '@netproof/cni';
import { check, feature, nodeAccess, nodes } from '@netproof/core';

export default check({
  requirement:
    'No interface of a pod MUST let larger packets through than the device by which its node sends them to other nodes, nor than what an encapsulation leaves of the way between the nodes.',
  // The model promises communication, not that of small packets.
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  needs: [feature('PodNetwork'), feature(nodeAccess), nodes(2)],
  reddenedBy: { must: ['mtu-above-link', 'underlay-mtu-too-small'] },

  async run({ cluster: { claims }, nodes, probes, judge }) {
    const paths = await readPaths(nodes, probes.endpoints, claims.includes('pods/vxlan'));
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
      title:
        'The MTU of each pod, of the device of its node that leads to pods elsewhere, and of what carries that',
      columns: [
        'node',
        'pod',
        'interface',
        'MTU',
        'by its route',
        'device',
        'MTU of it',
        'by its route',
        'carried in',
        'by',
        'which takes',
      ],
      rows: paths.map(({ node, ip, own, link, encapsulation }) => [
        node,
        pods.find((pod) => pod.node === node && pod.ip === ip)?.id ?? ip,
        own.device,
        own.mtu,
        own.allowed,
        link.device,
        link.mtu,
        link.allowed,
        encapsulation ? `${encapsulation.kind}, ${encapsulation.bytes} bytes` : '–',
        encapsulation?.under.device ?? '–',
        encapsulation?.under.allowed ?? '–',
      ]),
    });
  },
});
