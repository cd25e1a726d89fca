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
  // The side port is 8081 on pods a and b, and 8080 on c and d; the main port is the other one.
  steps: [
    {
      title: 'y takes its port side',
      policies: [policy('y', 'named', { podSelector: {}, ingress: [{ ports: [{ port: 'side' }] }] })],
    },
    {
      title: 'y takes main-udp over TCP, which no pod has; z speaks to main-udp, and to side-udp over TCP',
      policies: [
        policy('y', 'no-such-name', { podSelector: {}, ingress: [{ ports: [{ port: 'main-udp' }] }] }),
        policy('z', 'to-udp', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ ports: [{ protocol: 'UDP', port: 'main-udp' }, { port: 'side-udp' }] }],
        }),
      ],
    },
  ],
});
