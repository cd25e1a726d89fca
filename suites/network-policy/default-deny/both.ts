import { policy, policyCheck } from '@netproof/isolation';

export default policyCheck({
  requirement:
    'A pod that a policy isolates for ingress and egress without any rule MUST NOT reach and MUST NOT be reached by any other pod.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic',
  covers: [
    "[sig-network] Netpol NetworkPolicy between server and client should support a 'default-deny-all' policy",
  ],
  reddenedBy: { must: ['policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'] },
  steps: [
    {
      title: 'deny all of y',
      policies: [policy('y', 'deny-all', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })],
    },
    {
      title: 'deny all of x, y and z',
      policies: (['x', 'y', 'z'] as const).map((space) =>
        policy(space, 'deny-all', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
      ),
    },
  ],
});
