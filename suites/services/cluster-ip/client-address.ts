import { check, clusterPorts, feature, onePodPerNode, place, portName } from '@netproof/core';
import { connectionsToSeeAll } from '@netproof/stats';

/** A sample of a right network misses a backend, whose way may differ, less often than once in a milliard. */
const risk = 1e-9;

export default check({
  requirement:
    'Every endpoint that is asked through a ClusterIP by another pod, of its own node or of another, MUST see the address of that pod, over TCP and over UDP, from every node.',
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
  // Of an endpoint to which a proxy leads nobody, it is not known what it would see.
  cloudedBy: ['backend-never-chosen', 'proxy-behind'],

  async run({ cluster, nodes, probes, judge }) {
    const service = await cluster.service('netproof-y', 'seen');
    const { backends } = service;
    // They are on several nodes where there are several, so that from each node one is on another.
    if (backends.length !== 4) {
      judge.error(`4 backends should be ready, ready are: ${backends.join(', ') || 'none'}`);
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
      const { source, target, port, servers, clientSeenAs = [] } = sample;
      const from = `from ${place(source)} to ${target.label}, ${portName(port)}`;
      judge.holds(
        clientSeenAs.length === 1 && clientSeenAs[0] === source.ip,
        `${from}: seen as ${clientSeenAs.join(' and ')}, expected ${source.ip}`,
        sample,
      );
      const missing = backends.filter((backend) => !servers.includes(backend));
      if (missing.length > 0) {
        judge.inconclusive(
          `${from}: none of ${connections} connections came to ${missing.join(' or ')}, so what it would see is not known`,
        );
      }
    }
  },
});
