import { fault, feature, hostPort } from '@netproof/core';
import { insertRules } from './iptables.ts';

export default fault({
  id: 'host-port-closed',
  story: 'A firewall in front of one node does not let in what is for the host ports of its pods.',
  needs: [feature('HostPort'), feature('kube-proxy/netfilter')],
  apply: ({ nodes }) =>
    insertRules(
      nodes,
      nodes.list.slice(-1).flatMap(({ name, ip }) =>
        ['tcp', 'udp'].map((protocol) => ({
          node: name,
          table: 'mangle' as const,
          // Before the address is rewritten: after that it is for the pod.
          chain: 'PREROUTING',
          spec: ['-d', ip, '-p', protocol, '--dport', String(hostPort), '-j', 'DROP'],
        })),
      ),
    ),
});
