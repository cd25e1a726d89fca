import { fault } from '@netproof/core';
import { eachPort, ofPolicies, tampered } from './tampered.ts';

export default fault({
  id: 'policy-end-port-ignored',
  story:
    'The end of a range of ports is not read, as by an engine from before endPort: its first port alone counts.',
  ...ofPolicies,
  apply: (context) => tampered(context, (spec) => eachPort(spec, ({ endPort: _, ...port }) => port)),
});
