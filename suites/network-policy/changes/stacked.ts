import { policy, policyCheck } from '@netproof/isolation';

const space = (name: 'x' | 'z') => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': `netproof-${name}` } },
});

const denyAll = policy('y', 'deny-all', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
const fromZ = policy('y', 'from-z', { podSelector: {}, ingress: [{ from: [space('z')] }] });
const port8081 = policy('y', 'port-8081', { podSelector: {}, ingress: [{ ports: [{ port: 8081 }] }] });
const toX = policy('y', 'to-x', {
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [{ to: [space('x')] }],
});
const toPort8080 = policy('y', 'to-port-8080', {
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [{ ports: [{ port: 8080 }] }],
});

export default policyCheck({
  requirement:
    'What any of the policies that select a pod allows MUST be allowed, and nothing else; a further policy MUST NOT take away what another one allows, nor open for a moment what they deny.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce multiple, stacked policies with overlapping podSelectors',
    '[sig-network] Netpol NetworkPolicy between server and client should support allow-all policy',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce multiple ingress policies with ingress allow-all policy taking precedence',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce multiple egress policies with egress allow-all policy taking precedence',
  ],
  reddenedBy: {
    must: [
      'policy-namespace-selector-ignored',
      'policy-egress-ignored',
      'policy-ignored',
      'policy-pair-let-through',
      'policy-flushed',
    ],
  },
  steps: [
    { title: 'y takes from z and speaks to x', policies: [denyAll, fromZ, toX] },
    {
      title: 'and takes TCP 8081 from everybody, and speaks TCP 8080 to everybody',
      policies: [denyAll, fromZ, toX, port8081, toPort8080],
    },
    {
      title: 'and takes everything, and speaks as before',
      policies: [
        denyAll,
        fromZ,
        toX,
        port8081,
        toPort8080,
        policy('y', 'take-all', { podSelector: {}, ingress: [{}] }),
      ],
    },
    {
      title: 'and speaks everything, and takes as before',
      policies: [
        denyAll,
        fromZ,
        toX,
        port8081,
        toPort8080,
        policy('y', 'speak-all', { podSelector: {}, policyTypes: ['Egress'], egress: [{}] }),
      ],
    },
  ],
});
