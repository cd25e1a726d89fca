import { policy, policyCheck } from '@netproof/isolation';

export default policyCheck({
  requirement:
    'A pod that a policy isolates for egress without any rule MUST NOT reach any other pod, and MUST still be reached.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic',
  reddenedBy: { must: ['policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'] },
  steps: [
    {
      title: 'deny egress of all of x',
      policies: [policy('x', 'deny-egress', { podSelector: {}, policyTypes: ['Egress'] })],
    },
    {
      title: 'deny egress of pod c of y',
      policies: [
        policy('y', 'deny-egress-c', {
          podSelector: { matchLabels: { 'netproof.dev/pod': 'c' } },
          policyTypes: ['Egress'],
        }),
      ],
    },
  ],
});
