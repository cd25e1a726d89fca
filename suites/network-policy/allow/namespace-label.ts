import { policy, policyCheck } from '@netproof/isolation';
import type { Peer } from '@netproof/policy';

const named = (operator: 'In' | 'NotIn', ...names: string[]) => ({
  namespaceSelector: {
    matchExpressions: [
      { key: 'kubernetes.io/metadata.name', operator, values: names.map((name) => `netproof-${name}`) },
    ],
  },
});

const taking = (name: string, peer: Peer) =>
  policy('y', name, { podSelector: {}, ingress: [{ from: [peer] }] });
const speaking = (name: string, peer: Peer) =>
  policy('x', name, { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [peer] }] });

export default policyCheck({
  requirement:
    'A rule with a namespaceSelector MUST allow all pods of the namespaces that it selects, and MUST NOT allow any other.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy to allow traffic only from a different namespace, based on NamespaceSelector',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on NamespaceSelector with MatchExpressions using default ns label',
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
      title: 'y takes from x, x speaks to y and z',
      policies: [taking('from-x', named('In', 'x')), speaking('to-y-z', named('In', 'y', 'z'))],
    },
    {
      title: 'y takes from all namespaces that are not x, x speaks to all that are not z',
      policies: [taking('from-not-x', named('NotIn', 'x')), speaking('to-not-z', named('NotIn', 'z'))],
    },
  ],
});
