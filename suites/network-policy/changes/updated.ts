import { policy, policyCheck } from '@netproof/isolation';

const from = (...names: string[]) =>
  policy('y', 'changing', {
    podSelector: {},
    ingress: names.map((name) => ({
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': `netproof-${name}` } } }],
    })),
  });

export default policyCheck({
  requirement: 'A policy that is updated or deleted MUST be enforced as it is now, and no longer as it was.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce updated policy',
    '[sig-network] Netpol NetworkPolicy between server and client should stop enforcing policies after they are deleted',
  ],
  reddenedBy: {
    must: ['policy-namespace-selector-ignored', 'policy-ignored', 'policy-pair-let-through'],
  },
  steps: [
    { title: 'y takes from x', policies: [from('x')] },
    { title: 'the same policy: y takes from z', policies: [from('z')] },
    { title: 'the same policy: y takes from nobody', policies: [from()] },
    { title: 'the policy deleted', policies: [] },
    { title: 'the policy made again: y takes from x and z', policies: [from('x', 'z')] },
  ],
});
