import { fault, feature } from '@netproof/core';
import { insertAtPods } from './at-pods.ts';

export default fault({
  id: 'dns-tcp-dropped',
  story:
    'What pods ask of DNS over TCP is dropped while UDP passes, as by a firewall that takes DNS for UDP only.',
  needs: [feature('PodNetwork'), feature('Services')],
  // In the pods: the address to which a question goes on its node is the proxy's affair.
  apply: ({ nodes, probes }) =>
    insertAtPods(
      nodes,
      probes.endpoints
        .filter(({ kind }) => kind === 'pod')
        .map((pod) => ({
          pod,
          table: 'mangle' as const,
          chain: 'OUTPUT',
          spec: ['-p', 'tcp', '--dport', '53', '-j', 'DROP'],
        })),
    ),
});
