import { check, clusterPorts, feature, onePodPerNode, place, portName } from '@netproof/core';
import { connectionsToSeeAll } from '@netproof/stats';

/** A sample of a right network misses a backend, whose way may differ, less often than once in a milliard. */
const risk = 1e-9;

export default check({
  requirement:
    'An endpoint that is asked through a ClusterIP by another pod MUST see the address of that pod, over TCP and over UDP, from every node.',
  source:
    'https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-clusterip',
  covers: ['[sig-network] Services should preserve source pod IP for traffic thru service cluster IP'],
  needs: [feature('PodNetwork'), feature('Services')],
  reddenedBy: {
    must: [
      'masquerade-to-services',
      'masquerade-between-nodes',
      'masquerade-on-node',
      'route-missing-one-way',
      'vxlan-dropped',
      'udp-dropped',
      'udp-dropped-on-node',
      'target-ports-crossed',
      'policy-targets-dead',
    ],
    may: [
      // Of the two that it joins, one answers the other past the node that has rewritten an address between them.
      'policy-pair-let-through',
      'packets-lost',
    ],
  },

  async run({ cluster, nodes, probes, judge }) {
    const service = await cluster.service('netproof-y', 'seen');
    const { backends } = service;
    if (backends.length < 2) {
      judge.error(`several backends should be ready, ready are: ${backends.join(', ') || 'none'}`);
      return;
    }
    // Not the backends: a pod that meets itself may see its node's address, or no answer would come back to it.
    const sources = onePodPerNode(probes.endpoints.filter(({ id }) => !backends.includes(id)));
    judge.everyNode(sources, nodes.list);
    const connections = connectionsToSeeAll(backends.length, risk);
    const samples = await Promise.all(
      clusterPorts(service).flatMap((address) =>
        sources.map((source) => probes.sample({ source, ...address, connections })),
      ),
    );
    for (const sample of samples) {
      if (!judge.reached(sample, connections)) continue;
      const { source, target, port, clientSeenAs = [] } = sample;
      judge.holds(
        clientSeenAs.length === 1 && clientSeenAs[0] === source.ip,
        `from ${place(source)} to ${target.label}, ${portName(port)}: seen as ${clientSeenAs.join(' and ')}, expected ${source.ip}`,
        sample,
      );
    }
  },
});
