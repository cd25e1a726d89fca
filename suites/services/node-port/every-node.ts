import { check, everyBackend, feature, hostNetworkPods, nodePorts, onePodPerNode } from '@netproof/core';
import { connectionsToSeeAll } from '@netproof/stats';

/** A sample of a right network misses a backend by chance less often than once in a milliard. */
const risk = 1e-9;

/** The address that a backend sees is not promised where the traffic policy is Cluster, so it is shown and not judged. */
export default check({
  requirement:
    "A NodePort MUST lead, at every node's address, to every ready endpoint of the Service, at its target port, and to nobody else, over TCP and over UDP, for the pods of every node, its own endpoints among them, and for the node's own processes.",
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport',
  covers: [
    '[sig-network] Services should be able to create a functioning NodePort service',
    '[sig-network] Networking Granular Checks: Services should support basic nodePort: udp functionality',
    '[sig-network] Networking Granular Checks: Services should function for pod-Service: http',
    '[sig-network] Networking Granular Checks: Services should function for pod-Service: udp',
    '[sig-network] Networking Granular Checks: Services should function for node-Service: http',
    '[sig-network] Networking Granular Checks: Services should function for node-Service: udp',
  ],
  slow: true,
  needs: [feature('PodNetwork'), feature(hostNetworkPods), feature('Services')],
  reddenedBy: {
    must: [
      'node-port-closed',
      'hairpin-dropped',
      'backend-never-chosen',
      'proxy-behind',
      'vxlan-dropped',
      'udp-dropped',
      'udp-dropped-on-node',
      'node-cut-off-from-pods',
      'policy-targets-dead',
    ],
    // What takes seconds runs in a whole proof where nothing quicker finds it: from-outside and others are red under these.
    may: ['packets-lost', 'target-ports-crossed', 'route-missing-one-way', 'duplicated-address'],
  },

  async run({ cluster, nodes, probes, judge }) {
    const service = await cluster.service('netproof-z', 'node-port');
    const { backends } = service;
    const addresses = nodePorts(service, nodes.list);
    if (backends.length !== 3 || addresses.length !== 2 * nodes.list.length) {
      judge.error(`3 backends and 2 node ports should be there: ${JSON.stringify(service)}`);
      return;
    }
    const pods = onePodPerNode(probes.endpoints.filter(({ id }) => !backends.includes(id)));
    // As behind its ClusterIP, a backend meets itself.
    const own = onePodPerNode(probes.endpoints.filter(({ id }) => backends.includes(id)));
    const agents = probes.endpoints.filter(({ kind }) => kind === 'node');
    judge.everyNode(pods, nodes.list);
    judge.everyNode(agents, nodes.list);
    await everyBackend(
      { probes, judge },
      {
        sources: [...pods, ...own, ...agents],
        addresses,
        backends,
        connections: connectionsToSeeAll(backends.length, risk),
      },
    );
  },
});
