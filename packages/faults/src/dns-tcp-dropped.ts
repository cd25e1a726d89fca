import { fault, feature } from '@netproof/core';
import { dnsService } from './api-marks.ts';
import { insertRules } from './iptables.ts';

export default fault({
  id: 'dns-tcp-dropped',
  story:
    'TCP to the cluster’s DNS is dropped on every node while UDP passes, as a firewall does that takes DNS for UDP only.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), feature('Services')],
  async apply({ cluster, nodes }) {
    const { name, namespace = '' } = dnsService.metadata;
    const { clusterIP } = await cluster.service(namespace, name);
    // Before any proxy has given the packet another address.
    const spec = ['-d', clusterIP, '-p', 'tcp', '--dport', '53', '-j', 'DROP'];
    return insertRules(
      nodes,
      nodes.list.map(({ name: node }) => ({
        node,
        table: 'mangle' as const,
        chain: 'PREROUTING',
        spec,
      })),
    );
  },
});
