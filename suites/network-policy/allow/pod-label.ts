import { policy, policyCheck } from '@netproof/isolation';

const pod = (...names: string[]) => ({
  matchExpressions: [{ key: 'netproof.dev/pod', operator: 'In' as const, values: names }],
});

export default policyCheck({
  requirement:
    'A rule with a podSelector MUST allow the pods of the policy’s own namespace that it selects, and MUST NOT allow any other.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy to allow traffic from pods within server namespace based on PodSelector',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on PodSelector with MatchExpressions',
  ],
  reddenedBy: { must: ['policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'] },
  steps: [
    {
      title: 'y takes from its own pod b',
      policies: [
        policy('y', 'from-b', { podSelector: {}, ingress: [{ from: [{ podSelector: pod('b') }] }] }),
      ],
    },
    {
      title: 'pod a of y takes from its own pods that are not c',
      policies: [
        policy('y', 'from-not-c', {
          podSelector: pod('a'),
          ingress: [
            {
              from: [
                {
                  podSelector: {
                    matchExpressions: [{ key: 'netproof.dev/pod', operator: 'NotIn', values: ['c'] }],
                  },
                },
              ],
            },
          ],
        }),
      ],
    },
    {
      title: 'x speaks to its own pods a and b only',
      policies: [
        policy('x', 'to-a-b', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: pod('a', 'b') }] }],
        }),
      ],
    },
  ],
});
