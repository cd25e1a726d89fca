import { fault, feature } from '@netproof/core';
import { insertRules } from './iptables.ts';

/*
 * Only where a node forwards: what a pod sends to its own address does not leave it. What it sends to its Service
 * comes back with its own address as the target, and with the source not yet rewritten.
 */
export default fault({
  id: 'hairpin-dropped',
  story:
    'A pod cannot reach itself through its own Service, as where a bridge sends no frame back out of the port that it came in by.',
  needs: [
    feature('PodNetwork'),
    feature('pods/iptables'),
    feature('Services'),
    feature('kube-proxy/netfilter'),
  ],
  apply: ({ nodes, probes }) =>
    insertRules(
      nodes,
      probes.endpoints
        .filter(({ kind }) => kind === 'pod')
        .map(({ node, ip }) => ({
          node,
          // Not in filter, where a CNI may accept before us.
          table: 'mangle' as const,
          chain: 'FORWARD',
          spec: ['-s', ip, '-d', ip, '-j', 'DROP'],
        })),
    ),
});
