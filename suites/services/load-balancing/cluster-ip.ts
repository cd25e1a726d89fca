import { check, type Endpoint, feature } from '@netproof/core';
import { sampleSize, uniformity } from '@netproof/stats';

/** One false alarm in a million judgements of a right network. */
const alpha = 1e-6;
/** A backend that gets 20 % more than its share is found with probability 0.99. */
const effect = 0.2;
const power = 0.99;

export default check({
  requirement:
    'A new connection to a ClusterIP MUST go to one of the ready endpoints of the Service, on every node, and a proxy that chooses at random MUST give each the same chance.',
  source: 'https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-iptables',
  needs: [feature('PodNetwork'), feature('Services')],
  reddenedBy: { must: ['biased-service-chain'] },

  async run({ cluster, probes, judge }) {
    const service = await cluster.service('netproof-x', 'balanced');
    const target = { label: 'Service x/balanced', address: service.clusterIP, servers: service.backends };
    if (service.backends.length !== 3) {
      judge.error(`3 backends should be ready, ready are: ${service.backends.join(', ') || 'none'}`);
      return;
    }
    const connections = sampleSize({ backends: service.backends.length, alpha, effect, power });

    // Every node has its own proxy, so each is judged on its own: pooled, one wrong node would hide.
    const samples = await Promise.all(
      onePerNode(probes.endpoints.filter(({ id }) => !service.backends.includes(id))).map((source) =>
        probes.sample({ source, target, port: { protocol: 'TCP', port: 80 }, connections }),
      ),
    );
    for (const { source, servers, verdicts, reason } of samples) {
      if (reason !== undefined) {
        judge.error(`${source.id} on ${source.node} could not sample: ${reason}`);
        continue;
      }
      const answered = verdicts.connected ?? 0;
      judge.holds(
        answered === connections,
        `from ${source.id} on ${source.node}: ${connections - answered} of ${connections} connections did not reach a backend: ${JSON.stringify(verdicts)}`,
      );
      if (answered === 0) continue;
      const counts = service.backends.map((backend) => servers.filter((server) => server === backend).length);
      const shares = service.backends.map((backend, at) => `${backend} ${counts[at]}`).join(', ');
      const statistic = uniformity(counts, { alpha, effect });
      judge.notRejected(
        { ...statistic, name: `${statistic.name}, from ${source.node}` },
        `from ${source.id} on ${source.node}: uneven over ${counts.length} backends: ${shares} of ${connections} (p = ${statistic.p.toExponential(1)})`,
      );
    }
    judge.show({
      title: 'Connections that each backend got, by the node of the client',
      columns: ['from', ...service.backends, 'not answered'],
      rows: samples.map(({ source, servers }) => [
        `${source.id} on ${source.node}`,
        ...service.backends.map((backend) => servers.filter((server) => server === backend).length),
        servers.filter((server) => server === null).length,
      ]),
    });
  },
});

function onePerNode(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const byNode = Map.groupBy(
    endpoints.filter(({ kind }) => kind === 'pod'),
    ({ node }) => node,
  );
  return [...byNode.values()].flatMap(([first]) => (first ? [first] : []));
}
