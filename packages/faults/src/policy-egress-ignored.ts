import { fault } from '@netproof/core';
import { ofPolicies, tampered } from './tampered.ts';

export default fault({
  id: 'policy-egress-ignored',
  story: 'Policies are enforced for ingress only, as by an engine that has no egress.',
  ...ofPolicies,
  apply: (context) =>
    tampered(context, (whole) => {
      const { egress, policyTypes, ...spec } = whole;
      const types = policyTypes ?? (egress?.length ? ['Ingress', 'Egress'] : ['Ingress']);
      // Where there is no egress to ignore, nothing is changed.
      if (!types.includes('Egress')) return whole;
      if (types.includes('Ingress')) return { ...spec, policyTypes: ['Ingress'] };
      // A policy of no type at all would be one of ingress again.
      return {
        ...spec,
        policyTypes: ['Ingress'],
        podSelector: { matchLabels: { 'netproof.dev/pod': 'none' } },
      };
    }),
});
