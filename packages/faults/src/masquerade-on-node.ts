import { fault, feature } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { podsOn } from './probe-pods.ts';

export default fault({
  id: 'masquerade-on-node',
  story:
    'A node rewrites the source of traffic between its own pods, as a masquerade rule without exceptions does.',
  needs: [feature('PodNetwork'), feature('pods/iptables')],
  apply: ({ nodes, probes }) =>
    insertRules(
      nodes,
      nodes.list.map(({ name }) => {
        const pods = podsOn(probes.endpoints, name).join();
        const spec = ['-s', pods, '-d', pods, '-j', 'MASQUERADE'];
        return { node: name, table: 'nat' as const, chain: 'POSTROUTING', spec };
      }),
    ),
});
