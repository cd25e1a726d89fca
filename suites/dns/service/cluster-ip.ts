import {
  check,
  exactly,
  feature,
  lookupsTable,
  noSuchName,
  onePodPerNode,
  type Question,
} from '@netproof/core';
import { connectionsToSeeAll } from '@netproof/stats';

const service: Question = { name: 'dns-cluster-ip.netproof-z.svc', type: 'A' };
/** A server that answers every name would answer the other one by chance. */
const missing: Question = { name: 'no-such-service.netproof-z.svc', type: 'A' };

/** The proxy chooses a server for each lookup. One of two is met by none of these less often than once in a milliard. */
const times = connectionsToSeeAll(2, 1e-9);

export default check({
  requirement:
    'The A record of a Service with a ClusterIP MUST be its ClusterIP and no other address, over UDP and TCP, for a pod on every node, from every DNS server.',
  source:
    'https://github.com/kubernetes/dns/blob/master/docs/specification.md#23---records-for-a-service-with-clusterip',
  covers: ['[sig-network] DNS should provide DNS for services'],
  needs: [feature('PodNetwork'), feature('Services')],
  reddenedBy: {
    must: ['dns-wrong-answer', 'dns-wildcard', 'dns-tcp-dropped', 'dns-server-cut-off', 'coredns-gone'],
    // Where a DNS server runs on the node that cannot be reached.
    may: ['route-missing-one-way', 'vxlan-dropped', 'udp-dropped'],
  },

  async run({ cluster, nodes, probes, judge }) {
    const { clusterIP } = await cluster.service('netproof-z', 'dns-cluster-ip');
    const sources = onePodPerNode(probes.endpoints);
    judge.everyNode(sources, nodes.list);
    const lookups = await probes.resolve({
      sources,
      questions: [service, missing],
      transports: ['UDP', 'TCP'],
      times,
    });
    judge.answered(
      lookups.filter(({ question }) => question === service),
      exactly([clusterIP]),
    );
    judge.answered(
      lookups.filter(({ question }) => question === missing),
      noSuchName,
    );
    judge.show(lookupsTable(lookups));
  },
});
