import { policy, policyCheck } from '@netproof/isolation';

export default policyCheck({
  requirement:
    'A rule with a port’s name MUST allow the port that has this name and protocol on the pod that is connected to, and MUST NOT allow another.',
  source:
    'https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/#NetworkPolicySpec',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should allow ingress access on one named port',
    '[sig-network] Netpol NetworkPolicy between server and client should allow egress access on one named port',
  ],
  reddenedBy: {
    must: ['policy-udp-ignored', 'policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'],
  },
  steps: [
    {
      title: 'y takes the port serve-8081-tcp',
      policies: [
        policy('y', 'named', { podSelector: {}, ingress: [{ ports: [{ port: 'serve-8081-tcp' }] }] }),
      ],
    },
    {
      title: 'x speaks to the port serve-8080-udp',
      policies: [
        policy('x', 'to-named', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ ports: [{ protocol: 'UDP', port: 'serve-8080-udp' }] }],
        }),
      ],
    },
  ],
});
