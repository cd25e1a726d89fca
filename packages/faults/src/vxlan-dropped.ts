import { fault, feature, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/** Where VXLAN goes: by RFC 7348, and by Linux' own default from before it, which some CNIs have kept. */
const ports = '4789,8472';

export default fault({
  id: 'vxlan-dropped',
  story:
    'The VXLAN of one node does not come to another, as where a firewall between them does not know that pods travel in UDP.',
  needs: [feature('PodNetwork'), feature('pods/vxlan'), nodes(2)],
  apply: ({ nodes }) => {
    const { from, to } = pairOfNodes(nodes);
    const spec = ['-d', to.ip, '-p', 'udp', '-m', 'multiport', '--dports', ports, '-j', 'DROP'];
    // Not in filter: Calico puts its own rules first there, again and again, and they accept VXLAN.
    return insertRules(nodes, [{ node: from.name, table: 'mangle', chain: 'OUTPUT', spec }]);
  },
});
