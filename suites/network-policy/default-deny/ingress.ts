import { policy, policyCheck } from '@netproof/isolation';

const denyIngress = policy('y', 'deny-ingress', { podSelector: {}, policyTypes: ['Ingress'] });

export default policyCheck({
  requirement:
    'A pod that a policy isolates for ingress without any rule MUST NOT be reached by any other pod, and MUST still reach every pod that is not isolated.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-traffic',
  covers: [
    "[sig-network] Netpol NetworkPolicy between server and client should support a 'default-deny-ingress' policy",
  ],
  reddenedBy: { must: ['policy-pair-let-through', 'policy-ignored'] },
  steps: [
    { title: 'deny ingress of all of y', policies: [denyIngress] },
    {
      title: 'deny ingress of y and of pod a of x',
      policies: [
        denyIngress,
        policy('x', 'deny-ingress-a', { podSelector: { matchLabels: { 'netproof.dev/pod': 'a' } } }),
      ],
    },
    {
      // A policy without policyTypes and without egress rules isolates for ingress alone.
      title: 'deny ingress of pod b of z only, policyTypes left out',
      policies: [
        policy('z', 'deny-ingress-b', { podSelector: { matchLabels: { 'netproof.dev/pod': 'b' } } }),
      ],
    },
  ],
});
