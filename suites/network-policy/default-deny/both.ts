import { policy, policyCheck } from '@netproof/isolation';

export default policyCheck({
  requirement:
    'A pod that a policy isolates for ingress and egress without any rule MUST NOT reach and MUST NOT be reached by any other pod.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic',
  covers: [
    "[sig-network] Netpol NetworkPolicy between server and client should support a 'default-deny-all' policy",
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
      // Rules of egress isolate for it where policyTypes is left out, and every policy then isolates for ingress.
      title: 'y takes nothing and speaks to x, policyTypes left out',
      policies: [
        policy('y', 'only-to-x', {
          podSelector: {},
          egress: [
            {
              to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'netproof-x' } } }],
            },
          ],
        }),
      ],
    },
    {
      title: 'deny all of x, y and z',
      policies: (['x', 'y', 'z'] as const).map((space) =>
        policy(space, 'deny-all', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
      ),
    },
  ],
});
