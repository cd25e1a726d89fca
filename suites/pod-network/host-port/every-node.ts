import { check, feature, hostNetworkPods, hostPort, hostPortLabel, hostPortPods } from '@netproof/core';

export default check({
  requirement:
    "A pod's hostPort MUST lead, at its node's address, to that pod, over TCP and over UDP, for pods and for nodes.",
  source:
    'https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/#support-hostport',
  needs: [feature('PodNetwork'), feature(hostNetworkPods), feature(hostPortPods), feature('HostPort')],
  reddenedBy: {
    must: ['host-port-closed', 'policy-targets-dead'],
    // What has come to a node is on the same ways as what its pods and its processes say to a pod.
    may: [
      'route-missing-one-way',
      'vxlan-dropped',
      'udp-dropped',
      'udp-dropped-on-node',
      'packets-lost',
      'node-cut-off-from-pods',
      'duplicated-address',
    ],
  },

  async run({ nodes: { list }, probes, judge }) {
    const pods = probes.endpoints.filter(({ kind, labels }) => kind === 'pod' && labels[hostPortLabel]);
    const targets = pods.flatMap((endpoint) => {
      const node = list.find(({ name }) => name === endpoint.node);
      const label = `hostPort of ${endpoint.id}`;
      return node ? [{ label, address: node.ip, servers: [endpoint.id], endpoint }] : [];
    });
    judge.everyNode(pods, list);
    for (const kind of ['pod', 'node']) {
      const sources = probes.endpoints.filter((endpoint) => endpoint.kind === kind);
      const table = await probes.matrix({
        sources,
        targets,
        // Through its own node's address a pod that speaks to itself depends on hairpin, which is not promised.
        pairs: (source, target) => source !== target.endpoint,
        ports: [
          { protocol: 'TCP', port: hostPort },
          { protocol: 'UDP', port: hostPort },
        ],
      });
      judge.everyNode(
        table.cells.map(({ source }) => source),
        list,
      );
      judge.connected(table);
    }
  },
});
