import { type Endpoint, feature } from '@netproof/core';
import { policy, policyCheck, type Step } from '@netproof/isolation';

/** `/16` around an address: more than a pod network's part of a node, and less than everything. */
const around = (ip: string) => `${ip.split('.').slice(0, 2).join('.')}.0.0/16`;

export default policyCheck({
  requirement:
    'A rule with an ipBlock MUST allow the addresses of its cidr, and MUST NOT allow those of its except.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should allow egress access to server in CIDR block',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce except clause while egress access to server in CIDR block',
  ],
  // The API speaks of addresses outside the cluster: "These should be cluster-external IPs". Whether a pod has its
  // own is for the CNI to say.
  needs: [feature('IPBlockSelectsPods')],
  reddenedBy: {
    must: ['policy-except-ignored', 'policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'],
  },
  steps: (pods: readonly Endpoint[]): readonly Step[] => {
    const ipOf = (id: string) => pods.find((pod) => pod.id === id)?.ip ?? '';
    const [xa, zb, zc] = ['x/a', 'z/b', 'z/c'].map(ipOf) as [string, string, string];
    return [
      {
        title: 'y takes from the address of x/a alone',
        policies: [
          policy('y', 'from-xa', {
            podSelector: {},
            ingress: [{ from: [{ ipBlock: { cidr: `${xa}/32` } }] }],
          }),
        ],
      },
      {
        title: 'y takes from the pod network except x/a and z/b',
        policies: [
          policy('y', 'from-all-but', {
            podSelector: {},
            ingress: [{ from: [{ ipBlock: { cidr: around(xa), except: [`${xa}/32`, `${zb}/32`] } }] }],
          }),
        ],
      },
      {
        title: 'x speaks to the pod network except z/c',
        policies: [
          policy('x', 'to-all-but', {
            podSelector: {},
            policyTypes: ['Egress'],
            egress: [{ to: [{ ipBlock: { cidr: around(zc), except: [`${zc}/32`] } }] }],
          }),
        ],
      },
    ];
  },
});
