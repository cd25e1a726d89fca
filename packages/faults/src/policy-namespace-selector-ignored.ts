import { fault } from '@netproof/core';
import { eachPeer, ofPolicies, tampered } from './tampered.ts';

export default fault({
  id: 'policy-namespace-selector-ignored',
  story:
    'A namespaceSelector is taken for one that selects every namespace, as where their labels are not known.',
  ...ofPolicies,
  apply: (context) =>
    tampered(context, (spec) =>
      eachPeer(spec, (peer) => (peer.namespaceSelector ? { ...peer, namespaceSelector: {} } : peer)),
    ),
});
