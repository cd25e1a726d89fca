import { policy, policyCheck } from '@netproof/isolation';

export default policyCheck({
  requirement:
    'A rule with a port MUST allow that port in its protocol, and MUST NOT allow another port or protocol.',
  source:
    'https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/#NetworkPolicySpec',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on Ports',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on Multiple Ports',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce ingress policy allowing any port traffic to a server on a specific protocol',
    '[sig-network] Netpol NetworkPolicy between server and client should not allow access by TCP when a policy specifies only UDP',
  ],
  reddenedBy: {
    must: ['policy-udp-ignored', 'policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'],
  },
  steps: [
    {
      title:
        'y takes TCP 8080 and UDP 8081 only, z speaks UDP 8080 and TCP 8081 only; the protocol left out is TCP',
      policies: [
        policy('y', 'by-number', {
          podSelector: {},
          ingress: [{ ports: [{ port: 8080 }, { protocol: 'UDP', port: 8081 }] }],
        }),
        policy('z', 'to-numbers', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ ports: [{ protocol: 'UDP', port: 8080 }, { port: 8081 }] }],
        }),
      ],
    },
    {
      title: 'y takes every UDP port and no TCP, z speaks every TCP port and no UDP',
      policies: [
        policy('y', 'udp', { podSelector: {}, ingress: [{ ports: [{ protocol: 'UDP' }] }] }),
        policy('z', 'to-tcp', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ ports: [{ protocol: 'TCP' }] }],
        }),
      ],
    },
  ],
});
