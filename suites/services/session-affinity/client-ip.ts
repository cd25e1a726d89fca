import { check, clusterPorts, feature, onePodPerNode, place, stimuli } from '@netproof/core';

/**
 * Connections of one client on each node. One that is balanced over four backends instead stays with the first by
 * chance with a probability of 4^-1999.
 */
const connections = 2_000;

/** Connections of each further client: enough to come before and after the silence. */
const fewConnections = 60;

/**
 * Affinity lasts for hours, so a client that was silent for a moment must find its backend again. A proxy that has
 * forgotten it chooses the same of four backends again with a probability of 4^-1 for one client, and for six clients
 * of 4^-6.
 */
const pause = (of: number) => ({ after: Math.ceil(of / 2), ms: stimuli.affinityPause });

export default check({
  requirement:
    'All connections of one client to a Service with sessionAffinity ClientIP MUST go to the same endpoint, also after a silence that is shorter than its timeout.',
  source: 'https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity',
  covers: ['[sig-network] Services should have session affinity work for service with type clusterIP'],
  slow: true,
  needs: [feature('PodNetwork'), feature('Services')],
  // Without its route a node's client fails only if its one backend is on the other side.
  reddenedBy: {
    must: [
      'affinity-forgotten',
      'affinity-forgets-after-a-second',
      'affinity-unheard',
      'policy-targets-dead',
    ],
    may: [
      // Of the two that it joins, one answers the other past the node that has rewritten an address between them.
      'policy-pair-let-through',
      'route-missing-one-way',
      'vxlan-dropped',
      'packets-lost',
      'duplicated-address',
      'target-ports-crossed',
    ],
  },

  async run({ cluster, nodes, probes, judge }) {
    const service = await cluster.service('netproof-y', 'sticky');
    const [address] = clusterPorts(service);
    if (service.backends.length < 2 || address === undefined) {
      judge.error(`affinity needs several backends, ready are: ${service.backends.join(', ') || 'none'}`);
      return;
    }
    // The memory of a proxy is its node's own, so a client on every node is asked, and all others a little.
    const clients = probes.endpoints.filter(
      ({ kind, id }) => kind === 'pod' && !service.backends.includes(id),
    );
    const thorough = onePodPerNode(clients);
    judge.everyNode(thorough, nodes.list);
    const samples = await Promise.all(
      clients.map((source) => {
        const count = thorough.includes(source) ? connections : fewConnections;
        return probes.sample({ source, ...address, connections: count, pause: pause(count) });
      }),
    );
    for (const sample of samples) {
      judge.reached(sample, thorough.includes(sample.source) ? connections : fewConnections);
      const answered = sample.servers.filter((server) => server !== null);
      const strayed = answered.findIndex((server) => server !== answered[0]);
      judge.holds(
        strayed === -1,
        `from ${place(sample.source)}: answer 1 came from ${answered[0]}, answer ${strayed + 1} from ${answered[strayed]}`,
        sample,
      );
    }
  },
});
