import { check, type Endpoint, feature } from '@netproof/core';

export default check({
  requirement: 'The containers of a pod MUST reach each other over localhost, each at its own port.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  needs: [feature('PodNetwork')],
  reddenedBy: { must: ['loopback-intercepted'] },

  async run({ nodes, probes, judge }) {
    const seconds = probes.endpoints.filter(({ kind }) => kind === 'container');
    const firsts = probes.endpoints.filter(({ id }) =>
      seconds.some((second) => second.id.startsWith(`${id}:`)),
    );
    judge.everyNode(seconds, nodes.list);
    const ask = (sources: readonly Endpoint[], servers: readonly Endpoint[], port: number) =>
      probes.matrix({
        sources,
        targets: servers.map(localhostOf),
        pairs: (source, target) => podOf(source) === podOf(target.endpoint),
        ports: [
          { protocol: 'TCP', port },
          { protocol: 'UDP', port },
        ],
      });
    // They share their ports, so the second container has another one.
    const tables = await Promise.all([ask(firsts, seconds, 8090), ask(seconds, firsts, 8080)]);
    for (const table of tables) {
      judge.connected(table, ({ clientSeenAs }) =>
        clientSeenAs === localhost ? undefined : `connected, but the server saw ${clientSeenAs}`,
      );
    }
  },
});

const localhost = '127.0.0.1';

function localhostOf(endpoint: Endpoint) {
  return { label: `${endpoint.id} at localhost`, address: localhost, servers: [endpoint.id], endpoint };
}

/** `x/a` of `x/a` and of `x/a:second`. */
function podOf(endpoint: Endpoint | undefined): string | undefined {
  return endpoint?.id.split(':')[0];
}
