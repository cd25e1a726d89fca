import {
  check,
  describeLookup,
  feature,
  type Lookup,
  lookupsTable,
  onePodPerNode,
  type Question,
} from '@netproof/core';

const service = 'dns-srv.netproof-z.svc.';
const srv: Question = { name: `_web._tcp.${service.slice(0, -1)}`, type: 'SRV' };

export default check({
  requirement:
    "The SRV record of a Service's named port MUST be that port at the Service's name, and the PTR record of its ClusterIP that name, each alone, over UDP and TCP, for a pod on every node.",
  source:
    'https://github.com/kubernetes/dns/blob/master/docs/specification.md#23---records-for-a-service-with-clusterip',
  covers: ['[sig-network] DNS should provide DNS for services'],
  needs: [feature('PodNetwork'), feature('Services')],
  reddenedBy: {
    must: ['dns-wrong-answer', 'dns-tcp-dropped', 'coredns-gone'],
    // Asked once each: the other checks of DNS meet every server.
    may: ['dns-server-cut-off', 'route-missing-one-way', 'vxlan-dropped', 'udp-dropped'],
  },

  async run({ cluster, nodes, probes, judge }) {
    const { clusterIP, ports } = await cluster.service('netproof-z', 'dns-srv');
    const [port] = ports;
    if (port === undefined || clusterIP.includes(':')) {
      judge.error(`an address of IPv4 and a port should be there: ${JSON.stringify({ clusterIP, ports })}`);
      return;
    }
    const ptr: Question = {
      name: `${clusterIP.split('.').toReversed().join('.')}.in-addr.arpa.`,
      type: 'PTR',
    };
    const sources = onePodPerNode(probes.endpoints);
    judge.everyNode(sources, nodes.list);
    const lookups = await probes.resolve({ sources, questions: [srv, ptr], transports: ['UDP', 'TCP'] });
    // The cluster's domain, as each pod knows it and has put it behind the name.
    const domains = new Map(
      lookups
        .filter(({ question }) => question === srv)
        .map(({ source, name }) => [source, name.slice(srv.name.length + 1)]),
    );
    const named = ({ source }: Lookup) => `${service}${domains.get(source)}`;
    judge.answered(
      lookups.filter(({ question }) => question === srv),
      (lookup) => {
        const { port: given, target } = onlyValue(lookup) as { port?: number; target?: string };
        const right = given === port.port && withDot(target) === named(lookup);
        return right
          ? undefined
          : `${describeLookup(lookup)}, expected port ${port.port} at ${named(lookup)}`;
      },
    );
    judge.answered(
      lookups.filter(({ question }) => question === ptr),
      (lookup) => {
        const right = withDot(onlyValue(lookup)) === named(lookup);
        return right ? undefined : `${describeLookup(lookup)}, expected ${named(lookup)}`;
      },
    );
    judge.show(lookupsTable(lookups));
  },
});

/** The value of the one record of the name and type that were asked for; an empty object where there is not just that. */
function onlyValue({ name, question, rcode, records = [], truncated }: Lookup): unknown {
  const [record] = records;
  if (rcode !== 'NOERROR' || truncated || records.length !== 1 || record?.type !== question.type) return {};
  if (record.name.toLowerCase() !== name.toLowerCase()) return {};
  return question.type === 'SRV' ? JSON.parse(record.data) : record.data;
}

const withDot = (name: unknown) => (typeof name === 'string' ? `${name.replace(/\.$/, '')}.` : undefined);
