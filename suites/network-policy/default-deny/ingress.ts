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
  reddenedBy: { must: ['policy-pair-let-through', 'policy-ignored', 'policy-flushed'] },
  steps: [
    { title: 'deny ingress of all of y', policies: [denyIngress] },
    {
      // A policy without policyTypes and without egress rules isolates for ingress alone.
      title: 'deny ingress of y and of pod a of x, policyTypes left out there',
      policies: [
        denyIngress,
        policy('x', 'deny-ingress-a', { podSelector: { matchLabels: { 'netproof.dev/pod': 'a' } } }),
      ],
    },
  ],
});
