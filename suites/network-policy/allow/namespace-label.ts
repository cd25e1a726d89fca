import { policy, policyCheck } from '@netproof/isolation';

const named = (...names: string[]) => ({
  matchExpressions: [
    {
      key: 'kubernetes.io/metadata.name',
      operator: 'In' as const,
      values: names.map((name) => `netproof-${name}`),
    },
  ],
});

export default policyCheck({
  requirement:
    'A rule with a namespaceSelector MUST allow all pods of the namespaces that it selects, and MUST NOT allow any other.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy to allow traffic only from a different namespace, based on NamespaceSelector',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on any PodSelectors',
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
      title: 'y takes from x',
      policies: [
        policy('y', 'from-x', { podSelector: {}, ingress: [{ from: [{ namespaceSelector: named('x') }] }] }),
      ],
    },
    {
      title: 'y takes from all namespaces that are not x',
      policies: [
        policy('y', 'from-not-x', {
          podSelector: {},
          ingress: [
            {
              from: [
                {
                  namespaceSelector: {
                    matchExpressions: [
                      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['netproof-x'] },
                    ],
                  },
                },
              ],
            },
          ],
        }),
      ],
    },
    {
      title: 'x speaks to y and z, not to itself',
      policies: [
        policy('x', 'to-y-z', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ namespaceSelector: named('y', 'z') }] }],
        }),
      ],
    },
  ],
});
