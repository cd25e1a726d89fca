import { policy, policyCheck } from '@netproof/isolation';

const denyAll = policy('y', 'deny-all', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
const fromX = policy('y', 'from-x', {
  podSelector: {},
  ingress: [
    { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'netproof-x' } } }] },
  ],
});
const port8081 = policy('y', 'port-8081', { podSelector: {}, ingress: [{ ports: [{ port: 8081 }] }] });
const toZ = policy('y', 'to-z', {
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [{ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'netproof-z' } } }] }],
});

export default policyCheck({
  requirement:
    'What any of the policies that select a pod allows MUST be allowed; a further policy MUST NOT take away what another one allows.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce multiple, stacked policies with overlapping podSelectors',
    '[sig-network] Netpol NetworkPolicy between server and client should support allow-all policy',
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
    { title: 'deny all of y', policies: [denyAll] },
    { title: 'and take from x', policies: [denyAll, fromX] },
    { title: 'and take TCP 8081 from everybody', policies: [denyAll, fromX, port8081] },
    { title: 'and speak to z', policies: [denyAll, fromX, port8081, toZ] },
    {
      title: 'and take everything',
      policies: [denyAll, fromX, toZ, policy('y', 'allow-all', { podSelector: {}, ingress: [{}] })],
    },
  ],
});
