import {
  behindHostPort,
  check,
  feature,
  hostPort,
  hostPortPods,
  hostPorts,
  onePodPerNode,
  type Target,
  targetOf,
} from '@netproof/core';

/** Linux gives out none of those by itself (ip_local_port_range: 32768–60999), so no other connection has them. */
const sourcePorts = [61_000, 61_001, 61_002, 61_003, 61_004];

export default check({
  requirement:
    'A new connection of a pod to a pod MUST be answered from the address that it was made to, also when its source port was used a moment before for the hostPort of that pod.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  needs: [feature('PodNetwork'), feature('HostPort'), feature(hostPortPods)],
  reddenedBy: {
    must: ['new-connection-taken-for-old', 'host-port-closed', 'policy-targets-dead'],
    // As with every-node; where the CNI masquerades what comes to a hostPort, the node's own packets are met, too.
    may: [
      // Of the two that it joins, one answers the other past the node that has rewritten an address between them.
      'policy-pair-let-through',
      'route-missing-one-way',
      'vxlan-dropped',
      'node-cut-off-from-pods',
      'duplicated-address',
      'packets-lost',
    ],
  },

  async run({ nodes: { list }, probes, judge }) {
    const atNodes = hostPorts(probes.endpoints, list);
    const pods = atNodes.map(({ endpoint }) => endpoint);
    // Others than those, so that one asks from the same node: a pod that speaks to itself is on no way.
    const sources = onePodPerNode(probes.endpoints.filter((one) => !pods.includes(one)));
    judge.everyNode(pods, list);
    judge.everyNode(sources, list);

    const ask = (targets: readonly Target[], port: number) =>
      probes.matrix({
        sources,
        targets,
        ports: sourcePorts.map((sourcePort) => ({ protocol: 'TCP', port, sourcePort })),
      });
    // Each of these ends with a reset, which leaves nothing at either end (RFC 9293, 3.5.2): only the network remembers it.
    judge.connected(await ask(atNodes, hostPort));
    // On its way it may be given another source port, by which the two are told apart.
    judge.connected(await ask(pods.map(targetOf), behindHostPort));
  },
});
