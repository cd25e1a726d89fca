import { fault, stimuli } from '@netproof/core';
import { ofPolicies } from './tampered.ts';

export default fault({
  id: 'policy-late',
  story:
    'Every change of policies and labels comes to the cluster two seconds after it was said to be made, as where an engine lags behind the API.',
  ...ofPolicies,
  async apply({ tampering }) {
    const late = tampering.delay(stimuli.policyLate);
    return { effect: async () => late.changed(), revert: late.stop };
  },
});
