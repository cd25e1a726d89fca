import { check, clusterPorts, everyBackend, feature, hostNetworkPods, onePodPerNode } from '@netproof/core';
import { connectionsToSeeAll } from '@netproof/stats';

/** A sample of a right network misses a backend by chance less often than once in a milliard. */
const risk = 1e-9;

/** Where every backend is to be met. The Service's other port has the same ones, and must only be told from it. */
const first = 80;
const few = 4;

export default check({
  requirement:
    "A ClusterIP MUST lead to every ready endpoint of the Service, each of its ports at its own target port, and to nobody else, over TCP and over UDP, for the pods of every node, its own endpoints among them, and for the node's own processes.",
  source: 'https://kubernetes.io/docs/reference/networking/virtual-ips/#internal-traffic-policy',
  covers: [
    '[sig-network] Services should serve multiport endpoints from pods',
    '[sig-network] Networking Granular Checks: Services should function for pod-Service: http',
    '[sig-network] Networking Granular Checks: Services should function for pod-Service: udp',
    '[sig-network] Networking Granular Checks: Services should function for endpoint-Service: http',
    '[sig-network] Networking Granular Checks: Services should function for endpoint-Service: udp',
    '[sig-network] Networking Granular Checks: Services should function for node-Service: http',
    '[sig-network] Networking Granular Checks: Services should function for node-Service: udp',
  ],
  needs: [feature('PodNetwork'), feature(hostNetworkPods), feature('Services')],
  reddenedBy: {
    must: [
      'backend-never-chosen',
      'proxy-behind',
      'hairpin-dropped',
      'route-missing-one-way',
      'vxlan-dropped',
      'udp-dropped',
      'udp-dropped-on-node',
      'node-cut-off-from-pods',
      'policy-targets-dead',
      'target-ports-crossed',
    ],
    may: [
      // Of the two that it joins, one answers the other past the node that has rewritten an address between them.
      'policy-pair-let-through',
      'packets-lost',
    ],
  },

  async run({ cluster, nodes, probes, judge }) {
    const service = await cluster.service('netproof-x', 'both');
    const { ports, backends } = service;
    if (backends.length !== 3 || ports.length !== 4) {
      judge.error(`3 backends and 4 ports should be there: ${JSON.stringify({ backends, ports })}`);
      return;
    }
    const pods = onePodPerNode(probes.endpoints.filter((one) => !backends.includes(one.id)));
    // A backend meets itself behind the Service: its packet has to come back by the way that it went. Of many nodes only
    // three have one.
    const own = onePodPerNode(probes.endpoints.filter((one) => backends.includes(one.id)));
    const agents = probes.endpoints.filter(({ kind }) => kind === 'node');
    judge.everyNode(pods, nodes.list);
    judge.everyNode(agents, nodes.list);
    const sources = [...pods, ...own, ...agents];
    const addresses = clusterPorts(service);
    await everyBackend(
      { probes, judge },
      {
        sources,
        addresses: addresses.filter(({ port }) => port.port === first),
        backends,
        connections: connectionsToSeeAll(backends.length, risk),
      },
    );
    const others = addresses.filter(({ port }) => port.port !== first);
    const samples = await Promise.all(
      others.flatMap((address) =>
        sources.map((source) => probes.sample({ source, ...address, connections: few })),
      ),
    );
    for (const sample of samples) judge.reached(sample, few);
  },
});
