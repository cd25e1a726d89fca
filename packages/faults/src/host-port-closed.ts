import { fault, feature, hostPort } from '@netproof/core';
import { closePorts } from './closed-ports.ts';

export default fault({
  id: 'host-port-closed',
  story: 'A firewall in front of one node does not let in what is for the host ports of its pods.',
  needs: [feature('HostPort'), feature('kube-proxy/netfilter')],
  apply: ({ nodes }) => closePorts(nodes, ['--dport', String(hostPort)]),
});
