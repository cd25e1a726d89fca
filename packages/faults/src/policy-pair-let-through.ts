import { fault, feature } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { needsPolicy } from './tampered.ts';

const [client, server] = ['x/a', 'y/b'];

export default fault({
  id: 'policy-pair-let-through',
  story:
    'What one pod sends to another one passes before policies are asked, as a firewall rule of somebody else lets it.',
  needs: [...needsPolicy, feature('pods/iptables')],
  apply: ({ nodes, probes }) => {
    const ipOf = (wanted: string | undefined) => probes.endpoints.find(({ id }) => id === wanted)?.ip ?? '';
    const [from, to] = [ipOf(client), ipOf(server)];
    const ways = [
      ['-s', from, '-d', to],
      ['-s', to, '-d', from, '-m', 'conntrack', '--ctstate', 'ESTABLISHED'],
    ];
    return insertRules(
      nodes,
      nodes.list.flatMap(({ name: node }) =>
        ways.map((match) => ({
          node,
          table: 'filter' as const,
          chain: 'FORWARD',
          spec: [...match, '-j', 'ACCEPT'],
        })),
      ),
    );
  },
});
