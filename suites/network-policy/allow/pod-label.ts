import { policy, policyCheck } from '@netproof/isolation';

const pod = (name: string) => ({ matchLabels: { 'netproof.dev/pod': name } });

export default policyCheck({
  requirement:
    'A rule with a podSelector MUST allow the pods of the policy’s own namespace that it selects, and MUST NOT allow any other.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy to allow traffic from pods within server namespace based on PodSelector',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on any PodSelectors',
  ],
  reddenedBy: { must: ['policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'] },
  // Of y, which has two pods on one node.
  steps: [
    {
      title: 'y takes from its own pods b and c',
      policies: [
        policy('y', 'from-b-c', {
          podSelector: {},
          ingress: [{ from: [{ podSelector: pod('b') }, { podSelector: pod('c') }] }],
        }),
      ],
    },
    {
      title: 'y speaks to its own pods a and b',
      policies: [
        policy('y', 'to-a-b', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: pod('a') }, { podSelector: pod('b') }] }],
        }),
      ],
    },
    {
      title: 'pod a of y takes from every pod of y, x speaks to every pod of x',
      policies: [
        policy('y', 'from-own', { podSelector: pod('a'), ingress: [{ from: [{ podSelector: {} }] }] }),
        policy('x', 'to-own', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: {} }] }],
        }),
      ],
    },
  ],
});
