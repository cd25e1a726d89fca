import { check, feature, onePodPerNode, place, sharesTable, stimuli } from '@netproof/core';

/**
 * Connections of one client. One that is balanced over three backends instead stays with the first by chance
 * with a probability of 3^-1999.
 */
const connections = 2_000;

/**
 * Affinity lasts for hours, so a client that was silent for a moment must find its backend again. A proxy that has
 * forgotten it four times chooses the same of three backends each time with a probability of 3^-4 for one client,
 * and for clients on three nodes of 3^-12.
 */
const pause = { after: 400, ms: stimuli.affinityPause };

export default check({
  requirement:
    'All connections of one client to a Service with sessionAffinity ClientIP MUST go to the same endpoint, also after a silence that is shorter than its timeout.',
  source: 'https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity',
  covers: ['[sig-network] Services should have session affinity work for service with type clusterIP'],
  needs: [feature('PodNetwork'), feature('Services')],
  // Without its route a node's client fails only if its one backend is on the other side.
  reddenedBy: {
    must: ['affinity-forgotten', 'affinity-forgets-after-a-second'],
    may: ['route-missing-one-way'],
  },
  cloudedBy: ['agent-throttled'],

  async run({ cluster, nodes, probes, judge }) {
    const service = await cluster.service('netproof-y', 'sticky');
    const target = { label: 'Service y/sticky', address: service.clusterIP, servers: service.backends };
    if (service.backends.length < 2) {
      judge.error(`affinity needs several backends, ready are: ${service.backends.join(', ') || 'none'}`);
      return;
    }
    // The memory of a proxy is its node's own, so a client on every node is asked.
    const sources = onePodPerNode(probes.endpoints.filter(({ id }) => !service.backends.includes(id)));
    judge.everyNode(sources, nodes.list);
    const samples = await Promise.all(
      sources.map((source) =>
        probes.sample({ source, target, port: { protocol: 'TCP', port: 80 }, connections, pause }),
      ),
    );
    for (const sample of samples) {
      judge.reached(sample, connections);
      const answered = sample.servers.filter((server) => server !== null);
      const strayed = answered.findIndex((server) => server !== answered[0]);
      judge.holds(
        strayed === -1,
        `from ${place(sample.source)}: answer 1 came from ${answered[0]}, answer ${strayed + 1} from ${answered[strayed]}`,
        sample,
      );
    }
    judge.show(sharesTable(samples, service.backends));
  },
});
