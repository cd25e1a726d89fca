import { policy, policyCheck } from '@netproof/isolation';

/** Of y, which takes from these namespaces and speaks to them, a rule for each. */
const to = (...names: string[]) => {
  const peers = names.map((name) => [
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': `netproof-${name}` } } },
  ]);
  return policy('y', 'changing', {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    ingress: peers.map((from) => ({ from })),
    egress: peers.map((to) => ({ to })),
  });
};

export default policyCheck({
  requirement: 'A policy that is updated or deleted MUST be enforced as it is now, and no longer as it was.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce updated policy',
    '[sig-network] Netpol NetworkPolicy between server and client should stop enforcing policies after they are deleted',
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
    { title: 'y takes from x and speaks to it', policies: [to('x')] },
    { title: 'the same policy: z in place of x', policies: [to('z')] },
    { title: 'the same policy: nobody', policies: [to()] },
    { title: 'the policy deleted', policies: [] },
    { title: 'the policy made again: x and z', policies: [to('x', 'z')] },
  ],
});
