import { fault, feature, nodes } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { devicesToPeers } from './way-to-peers.ts';

export default fault({
  id: 'masquerade-between-nodes',
  story:
    'A node rewrites the source of pod traffic that leaves it for another node, as a wrong ipMasq setting does.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), nodes(2)],
  async apply({ cluster: { podSubnet }, nodes, probes }) {
    const rules = nodes.list.map(async ({ name }) =>
      (await devicesToPeers(nodes, probes.endpoints, name)).map((device) => ({
        node: name,
        table: 'nat' as const,
        chain: 'POSTROUTING',
        spec: ['-s', podSubnet, '-d', podSubnet, '-o', device, '-j', 'MASQUERADE'],
      })),
    );
    return insertRules(nodes, (await Promise.all(rules)).flat());
  },
});
