import { policy, policyCheck } from '@netproof/isolation';

const b = { matchLabels: { 'netproof.dev/pod': 'b' } };
const x = { matchLabels: { 'kubernetes.io/metadata.name': 'netproof-x' } };

export default policyCheck({
  requirement:
    'A peer with a podSelector and a namespaceSelector MUST allow only pods that both select; two peers MUST allow what either selects.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on PodSelector and NamespaceSelector',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on PodSelector or NamespaceSelector',
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
      title: 'y takes from pods b in x',
      policies: [
        policy('y', 'from-b-in-x', {
          podSelector: {},
          ingress: [{ from: [{ podSelector: b, namespaceSelector: x }] }],
        }),
      ],
    },
    {
      title: 'y takes from its own pod b, and from all of x',
      policies: [
        policy('y', 'from-b-or-x', {
          podSelector: {},
          ingress: [{ from: [{ podSelector: b }, { namespaceSelector: x }] }],
        }),
      ],
    },
    {
      title: 'y speaks to pods b in x only',
      policies: [
        policy('y', 'to-b-in-x', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: b, namespaceSelector: x }] }],
        }),
      ],
    },
  ],
});
