import { fault, feature } from '@netproof/core';
import { insertRules } from './iptables.ts';

/** What the API server hands out as node ports unless it is told otherwise (--service-node-port-range). */
const nodePorts = '30000:32767';

export default fault({
  id: 'node-port-closed',
  story:
    'A firewall in front of one node does not let node ports in, as a security group that was forgotten.',
  needs: [feature('Services'), feature('kube-proxy/netfilter')],
  apply: ({ nodes }) =>
    insertRules(
      nodes,
      nodes.list.slice(-1).flatMap(({ name, ip }) =>
        ['tcp', 'udp'].map((protocol) => ({
          node: name,
          table: 'mangle' as const,
          // Before the proxy: what it has rewritten is not for the node any more.
          chain: 'PREROUTING',
          // New ones only: the ports to which answers come back after masquerading may lie in that range too.
          spec: [
            ...['-d', ip, '-p', protocol, '--dport', nodePorts],
            ...['-m', 'conntrack', '--ctstate', 'NEW', '-j', 'DROP'],
          ],
        })),
      ),
    ),
});
