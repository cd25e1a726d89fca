import { fault } from '@netproof/core';
import { eachPeer, ofPolicies, tampered } from './tampered.ts';

export default fault({
  id: 'policy-except-ignored',
  story: 'The except of an ipBlock is not read, so that it allows what was taken out of it.',
  ...ofPolicies,
  apply: (context) =>
    tampered(context, (spec) =>
      eachPeer(spec, (peer) => (peer.ipBlock ? { ...peer, ipBlock: { cidr: peer.ipBlock.cidr } } : peer)),
    ),
});
