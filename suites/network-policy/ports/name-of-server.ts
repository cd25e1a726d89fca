import { feature } from '@netproof/core';
import { policy, policyCheck } from '@netproof/isolation';

export default policyCheck({
  requirement:
    'An egress rule with a port’s name MUST allow on each pod the port that has this name there, and MUST NOT allow one that has it elsewhere.',
  source:
    'https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/#NetworkPolicySpec',
  // The API promises it to all. Cilium 1.19.4 lets nothing through by a name that means several ports, so its clusters do
  // not claim it (https://github.com/cilium/cilium/issues/30003).
  needs: [feature('EgressNamedPorts')],
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
