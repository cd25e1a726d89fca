import { fault } from '@netproof/core';
import { ofPolicies, tampered } from './tampered.ts';

export default fault({
  id: 'policy-ignored',
  story:
    'A policy is taken and not enforced, as where the agent that enforces it stands still or knows no such pods.',
  ...ofPolicies,
  apply: (context) =>
    tampered(context, (spec) => ({ ...spec, podSelector: { matchLabels: { 'netproof.dev/pod': 'none' } } })),
});
