import { fault, feature } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { podsOn } from './probe-pods.ts';

export default fault({
  id: 'masquerade-to-services',
  story:
    "A node rewrites the source of what its pods send to a Service, and of nothing else, as kube-proxy's masqueradeAll does.",
  needs: [
    feature('PodNetwork'),
    feature('pods/iptables'),
    feature('Services'),
    feature('kube-proxy/netfilter'),
  ],
  apply: ({ nodes, probes }) =>
    insertRules(
      nodes,
      nodes.list.map(({ name: node }) => ({
        node,
        table: 'nat' as const,
        chain: 'POSTROUTING',
        // By then the target is a pod's address, and only the connection tells that it was another one.
        spec: [
          ...['-s', podsOn(probes.endpoints, node).join()],
          ...['-m', 'conntrack', '--ctstate', 'DNAT'],
          ...['-j', 'MASQUERADE'],
        ],
      })),
    ),
});
