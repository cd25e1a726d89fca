import { fault, stimuli } from '@netproof/core';
import { ofPolicies } from './tampered.ts';

/* Not before a watch has seen it in force: what a watch finds by itself needs no fault to show that more is looked at. */
export default fault({
  id: 'policy-lapses',
  story:
    'Policies come into force and are forgotten two seconds later, as where an engine takes its own rules out again when it cleans up.',
  ...ofPolicies,
  async apply({ tampering }) {
    const lapse = tampering.lapse(stimuli.policyLapses);
    return { effect: async () => lapse.changed(), revert: async () => lapse.stop() };
  },
});
