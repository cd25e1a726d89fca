import { type Endpoint, feature } from '@netproof/core';
import { policy, policyCheck, type Step } from '@netproof/isolation';

/** `/16` around an address: more than a pod network's part of a node, and less than everything. */
const around = (ip: string) => `${ip.split('.').slice(0, 2).join('.')}.0.0/16`;

export default policyCheck({
  requirement:
    'A rule with an ipBlock MUST allow the addresses of its cidr, and MUST NOT allow those of its except, unless another peer does.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client should allow egress access to server in CIDR block',
    '[sig-network] Netpol NetworkPolicy between server and client should enforce except clause while egress access to server in CIDR block',
    '[sig-network] Netpol NetworkPolicy between server and client should ensure an IP overlapping both IPBlock.CIDR and IPBlock.Except is allowed',
  ],
  // The API speaks of addresses outside the cluster: "These should be cluster-external IPs". Whether a pod has its
  // own is for the CNI to say.
  needs: [feature('IPBlockSelectsPods')],
  reddenedBy: {
    must: ['policy-except-ignored', 'policy-egress-ignored', 'policy-ignored', 'policy-pair-let-through'],
  },
  steps: (pods: readonly Endpoint[]): readonly Step[] => {
    const only = (id: string) => `${pods.find((pod) => pod.id === id)?.ip}/32`;
    const [xa, zb, zc] = [only('x/a'), only('z/b'), only('z/c')];
    const allBut = { cidr: around(xa), except: [xa, zb, zc] };
    return [
      {
        title: 'y takes from the address of x/a alone',
        policies: [
          policy('y', 'from-xa', {
            podSelector: {},
            ingress: [{ from: [{ ipBlock: { cidr: xa } }] }],
          }),
        ],
      },
      {
        // The one in the middle is of the second peer's: the others are neither forgotten nor is it.
        title: 'y takes from the pod network except x/a, z/b and z/c, and from z/b',
        policies: [
          policy('y', 'from-all-but', {
            podSelector: {},
            ingress: [{ from: [{ ipBlock: allBut }, { ipBlock: { cidr: zb } }] }],
          }),
        ],
      },
      {
        title: 'y speaks to the pod network except x/a, z/b and z/c, and to z/b',
        policies: [
          policy('y', 'to-all-but', {
            podSelector: {},
            policyTypes: ['Egress'],
            egress: [{ to: [{ ipBlock: allBut }, { ipBlock: { cidr: zb } }] }],
          }),
        ],
      },
    ];
  },
});
