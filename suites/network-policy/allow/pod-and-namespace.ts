import { policy, policyCheck } from '@netproof/isolation';
import type { Peer } from '@netproof/policy';

const b = { matchLabels: { 'netproof.dev/pod': 'b' } };
const x = { matchLabels: { 'kubernetes.io/metadata.name': 'netproof-x' } };

const both = [{ podSelector: b, namespaceSelector: x }];
const either = [{ podSelector: b }, { namespaceSelector: x }];

const taking = (name: string, from: readonly Peer[]) =>
  policy('y', name, { podSelector: {}, ingress: [{ from }] });
const speaking = (name: string, to: readonly Peer[]) =>
  policy('z', name, { podSelector: {}, policyTypes: ['Egress'], egress: [{ to }] });

export default policyCheck({
  requirement:
    'A peer with a podSelector and a namespaceSelector MUST allow only pods that both select; two peers MUST allow what either selects.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on PodSelector and NamespaceSelector',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on PodSelector or NamespaceSelector',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce egress policy allowing traffic to a server in a different namespace based on PodSelector and NamespaceSelector',
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
      title: 'y takes from pods b in x; z speaks to its own pod b, and to all of x',
      policies: [taking('from-b-in-x', both), speaking('to-b-or-x', either)],
    },
    {
      title: 'y takes from its own pod b, and from all of x; z speaks to pods b in x',
      policies: [taking('from-b-or-x', either), speaking('to-b-in-x', both)],
    },
  ],
});
