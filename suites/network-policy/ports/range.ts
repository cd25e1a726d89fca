import { policy, policyCheck } from '@netproof/isolation';

interface Range {
  readonly port: number;
  readonly endPort: number;
}

const taking = (...ports: readonly Range[]) =>
  policy('y', 'ranges', { podSelector: {}, ingress: [{ ports }] });
const speaking = (...ranges: readonly Range[]) =>
  policy('z', 'to-ranges', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ ports: ranges.map((range) => ({ protocol: 'UDP', ...range })) }],
  });

export default policyCheck({
  requirement:
    'A rule with an endPort MUST allow every port from its port to its endPort, both included, and MUST NOT allow another.',
  source:
    'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/2079-network-policy-port-range#api-adjustments',
  covers: [
    '[sig-network] Netpol NetworkPolicy between server and client using endPort should enforce policy with a range',
  ],
  reddenedBy: {
    must: [
      'policy-end-port-ignored',
      'policy-udp-ignored',
      'policy-egress-ignored',
      'policy-ignored',
      'policy-pair-let-through',
    ],
  },
  // Pods serve 8080 and 8081.
  steps: [
    {
      title: 'y takes TCP up to 8080 and from 8082 on, z speaks UDP from 8081 on and up to 8079',
      policies: [
        taking({ port: 8000, endPort: 8080 }, { port: 8082, endPort: 9000 }),
        speaking({ port: 8081, endPort: 9000 }, { port: 8000, endPort: 8079 }),
      ],
    },
    {
      title: 'y takes TCP from 8081 on and up to 8079, z speaks UDP up to 8080 and from 8082 on',
      policies: [
        taking({ port: 8081, endPort: 9000 }, { port: 8000, endPort: 8079 }),
        speaking({ port: 8000, endPort: 8080 }, { port: 8082, endPort: 9000 }),
      ],
    },
    {
      title: 'y takes TCP 8000 to 9000, z speaks UDP 8000 to 9000',
      policies: [taking({ port: 8000, endPort: 9000 }), speaking({ port: 8000, endPort: 9000 })],
    },
  ],
});
