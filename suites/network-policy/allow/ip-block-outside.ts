import { type Endpoint, feature, outsideClient } from '@netproof/core';
import { policy, policyCheck, type Step } from '@netproof/isolation';

/** The 256 addresses among which one is: pods have others. */
const around = (ip: string) => `${ip.replace(/\d+$/, '0')}/24`;

/** Another one of those. */
const beside = (ip: string) => `${ip.replace(/\d+$/, (last) => String(Number(last) ^ 1))}/32`;

/** Every pod, so that an ipBlock beside it decides of nothing but what is outside. */
const anyPod = { podSelector: {}, namespaceSelector: {} };

export default policyCheck({
  requirement:
    'A rule with an ipBlock MUST allow pods to reach a host outside of the cluster whose address is of its cidr, and MUST NOT where it is of its except.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource',
  needs: [feature(outsideClient), feature('PodsReachOutside')],
  reddenedBy: {
    must: ['policy-except-ignored', 'policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'],
  },
  outside: true,
  steps: (places: readonly Endpoint[]): readonly Step[] => {
    const { ip = '' } = places.find(({ kind }) => kind === 'outside') ?? {};
    const host = `${ip}/32`;
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
      {
        // Where an ipBlock selects no pods, nothing else has to be allowed by a cidr that is more than one address.
        title: 'z speaks to the network of that host alone, but for another address of it',
        policies: [
          policy('z', 'to-network', {
            podSelector: {},
            policyTypes: ['Egress'],
            egress: [{ to: [{ ipBlock: { cidr: around(ip), except: [beside(ip)] } }] }],
          }),
        ],
      },
    ];
  },
});
