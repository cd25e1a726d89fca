import { policy, policyCheck } from '@netproof/isolation';

export default policyCheck({
  requirement:
    'A rule with an endPort MUST allow every port from its port to its endPort, both included, and MUST NOT allow another.',
  source:
    'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/2079-network-policy-port-range#api-adjustments',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client using endPort should enforce policy with a range',
  ],
  reddenedBy: {
    must: [
      'policy-end-port-ignored',
      'policy-udp-ignored',
      'policy-egress-ignored',
      'policy-ignored',
      'policy-pair-let-through',
    ],
  },
  steps: [
    {
      title: 'y takes TCP 8000 to 8080',
      policies: [
        policy('y', 'below', { podSelector: {}, ingress: [{ ports: [{ port: 8000, endPort: 8080 }] }] }),
      ],
    },
    {
      title: 'y takes TCP 8080 to 8081',
      policies: [
        policy('y', 'both', { podSelector: {}, ingress: [{ ports: [{ port: 8080, endPort: 8081 }] }] }),
      ],
    },
    {
      title: 'y takes TCP 8081 to 9000',
      policies: [
        policy('y', 'above', { podSelector: {}, ingress: [{ ports: [{ port: 8081, endPort: 9000 }] }] }),
      ],
    },
    {
      title: 'x speaks UDP 8000 to 8080',
      policies: [
        policy('x', 'to-range', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ ports: [{ protocol: 'UDP', port: 8000, endPort: 8080 }] }],
        }),
      ],
    },
  ],
});
