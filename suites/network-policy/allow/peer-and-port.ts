import { policy, policyCheck } from '@netproof/isolation';

const of = (name: 'x' | 'y' | 'z') => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': `netproof-${name}` } },
});

export default policyCheck({
  requirement:
    'A rule with peers and ports MUST allow these peers on these ports only; a connection MUST be allowed by the egress of its client and by the ingress of its server.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should support denying of egress traffic on the client side (even if the server explicitly allows this traffic)',
  ],
  reddenedBy: {
    must: [
      'policy-namespace-selector-ignored',
      'policy-egress-ignored',
      'policy-ignored',
      'policy-pair-let-through',
    ],
  },
  steps: [
    {
      // From z to y, TCP 8080 is denied by the server alone, UDP 8081 by the client alone; only TCP 8081 by neither.
      title: 'y takes TCP 8080 from x and 8081 from z, z speaks TCP 8080 to x and any TCP to y',
      policies: [
        policy('y', 'by-peer', {
          podSelector: {},
          ingress: [
            { from: [of('x')], ports: [{ port: 8080 }] },
            { from: [of('z')], ports: [{ port: 8081 }, { protocol: 'UDP', port: 8081 }] },
          ],
        }),
        policy('z', 'by-peer', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [
            { to: [of('x')], ports: [{ port: 8080 }] },
            { to: [of('y')], ports: [{ protocol: 'TCP' }] },
          ],
        }),
      ],
    },
  ],
});
