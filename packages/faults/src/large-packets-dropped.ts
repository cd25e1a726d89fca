import { fault, feature, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { pairOfNodes } from './pair-of-nodes.ts';
import { podsOn } from './probe-pods.ts';

/*
 * 1,300 bytes: less than any MTU that is left to pods by an encapsulation on an Ethernet, and more than what
 * probes and name servers send.
 */
export default fault({
  id: 'large-packets-dropped',
  story:
    'Packets that leave a node’s pods for another node are lost when they are large, as where an encapsulation was not subtracted from the pods’ MTU and ICMP is blocked.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), nodes(2)],
  apply: ({ nodes, probes: { endpoints } }) => {
    const { from, to } = pairOfNodes(nodes);
    const pair = ['-s', podsOn(endpoints, from.name).join(), '-d', podsOn(endpoints, to.name).join()];
    const spec = [...pair, '-m', 'length', '--length', '1300:65535', '-j', 'DROP'];
    // Not in filter, where a CNI may accept what belongs to a connection before us.
    return insertRules(nodes, [{ node: from.name, table: 'mangle', chain: 'FORWARD', spec }]);
  },
});
