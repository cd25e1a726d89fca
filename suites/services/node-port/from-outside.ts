import { check, everyBackend, feature, nodePorts, outsideClient } from '@netproof/core';
import { connectionsToSeeAll } from '@netproof/stats';

/** A sample of a right network misses a backend by chance less often than once in a milliard. */
const risk = 1e-9;

/** The address that a backend sees is not promised where the traffic policy is Cluster, so it is shown and not judged. */
export default check({
  requirement:
    "A NodePort MUST lead clients outside the cluster, at every node's address, to every ready endpoint of the Service, at its target port, and to nobody else, over TCP and over UDP.",
  source: 'https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy',
  needs: [feature('PodNetwork'), feature('Services'), feature(outsideClient)],
  reddenedBy: {
    must: [
      'node-port-closed',
      'backend-never-chosen',
      'proxy-behind',
      'route-missing-one-way',
      'vxlan-dropped',
      'policy-targets-dead',
      'target-ports-crossed',
    ],
    // A proxy in BPF leads clients to pods of its own node with the clients' addresses, which these then answer, and drops
    // the duplicated one before the node can count it. The others, where they are in the pods, meet what a node has given
    // its own address too.
    may: ['outside-cut-off', 'duplicated-address', 'udp-dropped', 'udp-dropped-on-node', 'packets-lost'],
  },

  async run({ cluster, nodes, probes, judge }) {
    const service = await cluster.service('netproof-z', 'from-outside');
    const { backends } = service;
    const addresses = nodePorts(service, nodes.list);
    const sources = probes.endpoints.filter(({ kind }) => kind === 'outside');
    if (backends.length !== 3 || addresses.length !== 2 * nodes.list.length || sources.length === 0) {
      judge.error(
        `3 backends, 2 node ports and a client should be there: ${JSON.stringify({ service, sources })}`,
      );
      return;
    }
    const connections = connectionsToSeeAll(backends.length, risk);
    await everyBackend({ probes, judge }, { sources, addresses, backends, connections });
  },
});
