import { fault, feature, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

export default fault({
  id: 'node-refuses-pods',
  story:
    'A node drops new connections from pods to itself, as a host firewall does that knows only the network of the nodes.',
  needs: [feature('PodNetwork'), nodes(2)],
  // A worker: pods need the API server on the control plane. Not in filter, where a CNI may accept before us.
  apply: ({ cluster: { podSubnet }, nodes }) =>
    insertRules(nodes, [
      {
        node: pairOfNodes(nodes).from.name,
        table: 'mangle',
        chain: 'INPUT',
        spec: ['-s', podSubnet, '-m', 'conntrack', '--ctstate', 'NEW', '-j', 'DROP'],
      },
    ]),
});
