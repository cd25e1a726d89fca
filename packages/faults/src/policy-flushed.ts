import { fault, stimuli } from '@netproof/core';
import { ofPolicies } from './tampered.ts';

export default fault({
  id: 'policy-flushed',
  story:
    'All policies are away for three seconds before one of them changes, as where an engine empties its tables and fills them again.',
  ...ofPolicies,
  async apply({ tampering }) {
    const flush = tampering.flush(stimuli.policyFlushed);
    return { effect: async () => flush.changed(), revert: flush.stop };
  },
});
