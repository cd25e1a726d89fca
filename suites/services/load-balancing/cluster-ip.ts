import { check, clusterPorts, countsOf, feature, onePodPerNode } from '@netproof/core';
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
  slow: true,
  needs: [feature('PodNetwork'), feature('Services')],
  reddenedBy: {
    must: [
      'biased-service-chain',
      'backend-never-chosen',
      'proxy-behind',
      'vxlan-dropped',
      'policy-targets-dead',
    ],
    may: [
      // Of the two that it joins, one answers the other past the node that has rewritten an address between them.
      'policy-pair-let-through',
      'packets-lost',
      'target-ports-crossed',
      // every-backend finds it sooner: what takes seconds runs once in a whole proof.
      'route-missing-one-way',
    ],
  },
  cloudedBy: ['agent-throttled'],

  async run({ cluster, nodes, probes, judge }) {
    const service = await cluster.service('netproof-x', 'balanced');
    const [address] = clusterPorts(service);
    if (service.backends.length !== 3 || address === undefined) {
      judge.error(`3 backends should be ready, ready are: ${service.backends.join(', ') || 'none'}`);
      return;
    }
    const connections = sampleSize({ backends: service.backends.length, alpha, effect, power });

    // Every node has its own proxy, so each is judged on its own: pooled, one wrong node would hide.
    const sources = onePodPerNode(probes.endpoints.filter(({ id }) => !service.backends.includes(id)));
    judge.everyNode(sources, nodes.list);
    const samples = await Promise.all(
      sources.map((source) => probes.sample({ source, ...address, connections })),
    );
    for (const sample of samples) {
      // Connections that are lost make the rest uneven, which says nothing of the choice.
      if (!judge.reached(sample, connections)) continue;
      const counts = countsOf(sample, service.backends);
      const shares = service.backends.map((backend, at) => `${backend} ${counts[at]}`).join(', ');
      const statistic = uniformity(counts, { alpha, effect });
      const from = `${sample.source.id} on ${sample.source.node}`;
      judge.notRejected(
        { ...statistic, name: `${statistic.name}, from ${sample.source.node}` },
        `from ${from}: uneven over ${counts.length} backends: ${shares} of ${connections} (p = ${statistic.p.toExponential(1)})`,
        sample,
      );
    }
  },
});
