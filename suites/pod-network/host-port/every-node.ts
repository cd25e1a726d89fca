import { check, feature, hostNetworkPods, hostPort, hostPortPods, hostPorts } from '@netproof/core';

export default check({
  requirement:
    "A pod's hostPort MUST lead, at its node's address, to that pod at its containerPort, over TCP and over UDP, for pods and for nodes.",
  source:
    'https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/#support-hostport',
  needs: [feature('PodNetwork'), feature(hostNetworkPods), feature(hostPortPods), feature('HostPort')],
  reddenedBy: {
    must: ['host-port-closed', 'policy-targets-dead'],
    // What has come to a node is on the same ways as what its pods and its processes say to a pod.
    may: [
      // Of the two that it joins, one answers the other past the node that has rewritten an address between them.
      'policy-pair-let-through',
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
    const targets = hostPorts(probes.endpoints, list);
    judge.everyNode(
      targets.map(({ endpoint }) => endpoint),
      list,
    );
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
