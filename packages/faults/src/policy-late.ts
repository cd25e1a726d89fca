import { fault, stimuli } from '@netproof/core';
import { needsPolicy } from './tampered.ts';

export default fault({
  id: 'policy-late',
  story:
    'Every change of policies and labels comes to the cluster two seconds after it was said to be made, as where an engine lags behind the API.',
  needs: needsPolicy,
  async apply({ tampering }) {
    const late = tampering.delay(stimuli.policyLate);
    return { effect: async () => late.changed(), revert: late.stop };
  },
});
