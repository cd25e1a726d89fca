import { check, feature, onePodPerNode, outsideClient, type Table, targetOf } from '@netproof/core';

/** The address that a host outside sees is not promised, so it is shown and not judged. */
export default check({
  requirement:
    'A pod of every node MUST reach a host outside of the cluster, where the cluster promises that, and hear its answer.',
  source: 'https://kubernetes.io/docs/tasks/administer-cluster/ip-masq-agent/#ip-masquerade-agent-user-guide',
  covers: ['[sig-network] Networking should provide Internet connection for containers'],
  needs: [feature('PodNetwork'), feature('PodsReachOutside'), feature(outsideClient)],
  reddenedBy: { must: ['outside-cut-off'] },

  async run({ nodes: { list }, probes, judge }) {
    const pods = onePodPerNode(probes.endpoints);
    const hosts = probes.endpoints.filter(({ kind }) => kind === 'outside');
    const table = await probes.matrix({
      sources: pods,
      targets: hosts.map(targetOf),
      ports: [
        { protocol: 'TCP', port: 8080 },
        { protocol: 'UDP', port: 8080 },
      ],
    });
    judge.everyNode(pods, list);
    judge.connected(table);
    judge.show(seenOutside(table));
  },
});

function seenOutside({ cells }: Table) {
  return {
    title: 'The address that the host outside saw',
    columns: ['pod', 'node', 'over', 'its address', 'seen as'],
    rows: cells.map(({ source, port, clientSeenAs = '–' }) => [
      source.id,
      source.node,
      port.protocol,
      source.ip,
      clientSeenAs,
    ]),
  };
}
