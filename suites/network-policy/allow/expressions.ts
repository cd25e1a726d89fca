import { policy, policyCheck } from '@netproof/isolation';
import type { LabelSelector } from '@netproof/policy';

const tier = 'netproof.dev/tier';
type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

/** Pods of every namespace. */
const pods = (...matchExpressions: Expression[]) => ({
  podSelector: { matchExpressions },
  namespaceSelector: {},
});

const notPod = (name: string): Expression => ({
  key: 'netproof.dev/pod',
  operator: 'NotIn',
  values: [name],
});

// A label that comes with the pods: an engine that gives each set of labels an identity takes its time for new ones.
export default policyCheck({
  requirement:
    'A selector MUST select what meets each of its expressions: In and Exists what has such a label, NotIn and DoesNotExist also what has no such label at all.',
  source:
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should enforce policy based on PodSelector with MatchExpressions',
  ],
  reddenedBy: { must: ['policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'] },
  steps: [
    {
      title:
        'y takes from tiers that are not back, x speaks to pods of a tier, pods of z without one take from nobody',
      policies: [
        policy('y', 'from-not-back', {
          podSelector: {},
          ingress: [{ from: [pods({ key: tier, operator: 'NotIn', values: ['back'] })] }],
        }),
        policy('x', 'to-any-tier', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [pods({ key: tier, operator: 'Exists' })] }],
        }),
        policy('z', 'no-tier', {
          podSelector: { matchExpressions: [{ key: tier, operator: 'DoesNotExist' }] },
        }),
      ],
    },
    {
      title:
        'pods of y of a tier take from such, x speaks to tiers that are not front, tier front of z speaks to nobody',
      policies: [
        policy('y', 'from-any-tier', {
          podSelector: { matchExpressions: [{ key: tier, operator: 'Exists' }] },
          ingress: [{ from: [pods({ key: tier, operator: 'Exists' })] }],
        }),
        policy('x', 'to-not-front', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [pods({ key: tier, operator: 'NotIn', values: ['front'] })] }],
        }),
        policy('z', 'front-to-nobody', {
          podSelector: { matchExpressions: [{ key: tier, operator: 'In', values: ['front'] }] },
          policyTypes: ['Egress'],
        }),
      ],
    },
    {
      title:
        'y takes from tiers front and back but not from pods b, x speaks to pods without a tier but not to d',
      policies: [
        policy('y', 'from-tiers-but-b', {
          podSelector: {},
          ingress: [{ from: [pods({ key: tier, operator: 'In', values: ['front', 'back'] }, notPod('b'))] }],
        }),
        policy('x', 'to-no-tier-but-d', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [pods({ key: tier, operator: 'DoesNotExist' }, notPod('d'))] }],
        }),
      ],
    },
  ],
});
