import { policy, policyCheck } from '@netproof/isolation';

const role = 'netproof.dev/role';
const fromFriends = policy('y', 'from-friends', {
  podSelector: { matchExpressions: [{ key: role, operator: 'DoesNotExist' }] },
  ingress: [
    { from: [{ podSelector: { matchLabels: { [role]: 'friend' } }, namespaceSelector: {} }] },
    { from: [{ namespaceSelector: { matchLabels: { [role]: 'friend' } } }] },
  ],
});
const policies = [fromFriends];

export default policyCheck({
  requirement:
    'A pod or a namespace whose labels change MUST be treated by them: as a peer, and as a pod that a policy selects.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should allow ingress access from updated pod',
    '[sig-network] Netpol NetworkPolicy between server and client should allow ingress access from updated namespace',
  ],
  reddenedBy: {
    must: ['policy-namespace-selector-ignored', 'policy-ignored', 'policy-pair-let-through'],
  },
  // Several changes a step: an engine that gives each set of labels an identity takes its time for new ones.
  steps: [
    { title: 'y takes from friends, of whom there are none', policies },
    {
      title: 'x/a and z/b are friends',
      policies,
      podLabels: { 'x/a': { [role]: 'friend' }, 'z/b': { [role]: 'friend' } },
    },
    {
      title:
        'x/a is no friend any more, z/b is a foe, y/a has a role, so that it is selected no more, and namespace y is a friend',
      policies,
      podLabels: { 'z/b': { [role]: 'foe' }, 'y/a': { [role]: 'open' } },
      namespaceLabels: { 'netproof-y': { [role]: 'friend' } },
    },
    { title: 'nobody has a role any more', policies },
  ],
});
