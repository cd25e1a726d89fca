import { fault, feature, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/*
 * 1,300 bytes: less than any MTU that is left to pods by an encapsulation on an Ethernet, and more than what
 * probes and name servers send.
 */
export default fault({
  id: 'large-packets-dropped',
  story:
    'Packets that leave a node’s pods for another node are lost when they are large, as where an encapsulation was not subtracted from the pods’ MTU and ICMP is blocked.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), nodes(2)],
  apply: ({ nodes, probes }) => {
    const { from, to } = pairOfNodes(nodes);
    const on = (name: string) => probes.endpoints.filter(({ kind, node }) => kind === 'pod' && node === name);
    const length = ['-m', 'length', '--length', '1300:65535'];
    return insertRules(
      nodes,
      on(from.name).flatMap(({ ip: source }) =>
        on(to.name).map(({ ip: target }) => ({
          node: from.name,
          table: 'filter' as const,
          chain: 'FORWARD',
          spec: ['-s', source, '-d', target, ...length, '-j', 'DROP'],
        })),
      ),
    );
  },
});
