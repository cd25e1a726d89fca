import { policy, policyCheck } from '@netproof/isolation';

// Apart from the other names: Cilium up to 1.19 leaves out an egress rule with a name of several ports
// (https://github.com/cilium/cilium/issues/30003).
export default policyCheck({
  requirement:
    'An egress rule with a port’s name MUST allow on each pod the port that has this name there, and MUST NOT allow one that has it elsewhere.',
  source:
    'https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/#NetworkPolicySpec',
  reddenedBy: { must: ['policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'] },
  steps: [
    {
      title: 'x speaks to the port main, which is 8080 on pods a and b, and 8081 on c and d',
      policies: [
        policy('x', 'to-main', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ ports: [{ port: 'main' }] }],
        }),
      ],
    },
  ],
});
