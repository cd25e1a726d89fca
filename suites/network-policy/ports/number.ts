import { policy, policyCheck } from '@netproof/isolation';

export default policyCheck({
  requirement:
    'A rule with a port MUST allow that port in its protocol, and MUST NOT allow another port or protocol.',
  source:
    'https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/#NetworkPolicySpec',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on Ports',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on Multiple Ports',
  ],
  reddenedBy: {
    must: ['policy-udp-ignored', 'policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'],
  },
  steps: [
    {
      title: 'y takes TCP 8080 only; the protocol left out is TCP',
      policies: [policy('y', 'tcp-8080', { podSelector: {}, ingress: [{ ports: [{ port: 8080 }] }] })],
    },
    {
      title: 'y takes UDP 8081 only',
      policies: [
        policy('y', 'udp-8081', { podSelector: {}, ingress: [{ ports: [{ protocol: 'UDP', port: 8081 }] }] }),
      ],
    },
    {
      title: 'y takes every UDP port, and no TCP',
      policies: [policy('y', 'udp', { podSelector: {}, ingress: [{ ports: [{ protocol: 'UDP' }] }] })],
    },
    {
      title: 'x speaks UDP 8080 and TCP 8081 only',
      policies: [
        policy('x', 'to-two', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [
            {
              ports: [
                { protocol: 'UDP', port: 8080 },
                { protocol: 'TCP', port: 8081 },
              ],
            },
          ],
        }),
      ],
    },
  ],
});
