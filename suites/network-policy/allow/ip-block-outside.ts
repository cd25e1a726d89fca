import { type Endpoint, feature, outsideClient } from '@netproof/core';
import { policy, policyCheck, type Step } from '@netproof/isolation';

/** Every pod, so that an ipBlock beside it decides of nothing but what is outside. */
const anyPod = { podSelector: {}, namespaceSelector: {} };

export default policyCheck({
  requirement:
    'A rule with an ipBlock MUST allow pods to reach a host outside of the cluster by its address, and MUST NOT allow an address of its except.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource',
  needs: [feature(outsideClient), feature('PodsReachOutside')],
  reddenedBy: {
    must: ['policy-except-ignored', 'policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'],
  },
  outside: true,
  steps: (places: readonly Endpoint[]): readonly Step[] => {
    const host = `${places.find(({ kind }) => kind === 'outside')?.ip}/32`;
    return [
      {
        title: 'x speaks to the host outside alone',
        policies: [
          policy('x', 'to-host', {
            podSelector: {},
            policyTypes: ['Egress'],
            egress: [{ to: [{ ipBlock: { cidr: host } }] }],
          }),
        ],
      },
      {
        title: 'y speaks to all pods, and to all outside but that host',
        policies: [
          policy('y', 'to-others', {
            podSelector: {},
            policyTypes: ['Egress'],
            egress: [{ to: [anyPod] }, { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [host] } }] }],
          }),
        ],
      },
    ];
  },
});
