import { fault, feature } from '@netproof/core';
import { closePorts } from './closed-ports.ts';

/** What the API server hands out as node ports unless it is told otherwise (--service-node-port-range). */
const nodePorts = '30000:32767';

export default fault({
  id: 'node-port-closed',
  story:
    'A firewall in front of one node does not let node ports in, as a security group that was forgotten.',
  needs: [feature('Services'), feature('kube-proxy/netfilter')],
  // New ones only: the ports to which answers come back after masquerading may lie in that range too.
  apply: ({ nodes }) => closePorts(nodes, ['--dport', nodePorts, '-m', 'conntrack', '--ctstate', 'NEW']),
});
