import { policyOf } from '../testing/policy-of.ts';
import { nameLabel } from '../world.ts';
import { open, type UpstreamCase } from './case.ts';

const a = { matchLabels: { pod: 'a' } };
const x = { matchLabels: { team: 'x' } };
const y = { matchLabels: { team: 'y' } };

/** Where pods may go to; by address without a Service between, over which the API leaves ipBlock open. */
export const egressCases: readonly UpstreamCase[] = [
  {
    name: '[TCP] should deny egress from pods based on PodSelector',
    steps: [
      {
        policies: [policyOf('x/a-to-none', { podSelector: a, policyTypes: ['Egress'], egress: [] })],
        isolated: 'x/a',
        tables: {
          '*': `
            x/a XXX XXX XXX
            *   ... ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should deny egress from all pods in a namespace',
    steps: [
      {
        policies: [policyOf('x/to-none', { podSelector: {}, policyTypes: ['Egress'] })],
        isolated: 'x/*',
        tables: {
          '*': `
            x/* XXX XXX XXX
            *   ... ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should work with Ingress, Egress specified together',
    steps: [
      {
        policies: [
          policyOf('x/a-from-b-to-80', {
            podSelector: a,
            policyTypes: ['Egress', 'Ingress'],
            ingress: [{ from: [{ podSelector: { matchLabels: { pod: 'b' } } }] }],
            egress: [{ ports: [{ port: 80 }] }],
          }),
        ],
        isolated: 'x/a',
        tables: {
          'TCP 80': `
            x/a ... ... ...
            x/b ... ... ...
            *   X.. ... ...`,
          '*': `
            x/a XXX XXX XXX
            x/b ... ... ...
            *   X.. ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should support denying of egress traffic on the client side (even if the server explicitly allows this traffic)',
    steps: [
      {
        policies: [
          policyOf('x/a-to-ya', {
            podSelector: a,
            policyTypes: ['Egress'],
            egress: [{ to: [{ namespaceSelector: y, podSelector: a }] }],
          }),
          ...['a', 'b'].map((pod) =>
            policyOf(`y/${pod}-from-xa`, {
              podSelector: { matchLabels: { pod } },
              ingress: [{ from: [{ namespaceSelector: x, podSelector: a }] }],
            }),
          ),
        ],
        isolated: 'x/a y/a y/b',
        tables: {
          '*': `
            x/a XXX .XX XXX
            *   ... XX. ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should enforce egress policy allowing traffic to a server in a different namespace based on PodSelector and NamespaceSelector',
    steps: [
      {
        policies: [
          policyOf('x/a-to-ya', {
            podSelector: a,
            policyTypes: ['Egress'],
            egress: [{ to: [{ namespaceSelector: y, podSelector: a }] }],
          }),
        ],
        isolated: 'x/a',
        tables: {
          '*': `
            x/a XXX .XX XXX
            *   ... ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy based on NamespaceSelector with MatchExpressions using default ns label',
    steps: [
      {
        policies: [
          policyOf('x/a-to-others', {
            podSelector: a,
            policyTypes: ['Egress'],
            egress: [
              {
                to: [
                  {
                    namespaceSelector: {
                      matchExpressions: [{ key: nameLabel, operator: 'NotIn', values: ['y'] }],
                    },
                  },
                ],
              },
            ],
          }),
        ],
        isolated: 'x/a',
        tables: {
          '*': `
            x/a ... XXX ...
            *   ... ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should allow egress access to server in CIDR block',
    steps: [
      {
        policies: [
          policyOf('x/a-to-yb', {
            podSelector: a,
            policyTypes: ['Egress'],
            egress: [{ to: [{ ipBlock: { cidr: '10.1.1.2/32' } }] }],
          }),
        ],
        isolated: 'x/a',
        tables: {
          '*': `
            x/a XXX X.X XXX
            *   ... ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should enforce except clause while egress access to server in CIDR block',
    steps: [
      {
        policies: [
          policyOf('x/a-not-to-xb', {
            podSelector: a,
            policyTypes: ['Egress'],
            egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/4', except: ['10.1.0.2/32'] } }] }],
          }),
        ],
        isolated: 'x/a',
        tables: {
          '*': `
            x/a .X. ... ...
            *   ... ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should ensure an IP overlapping both IPBlock.CIDR and IPBlock.Except is allowed',
    steps: [
      {
        policies: [
          policyOf('x/a-by-address', {
            podSelector: a,
            policyTypes: ['Egress'],
            egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/4', except: ['10.1.0.2/32'] } }] }],
          }),
        ],
        isolated: 'x/a',
        tables: {
          '*': `
            x/a .X. ... ...
            *   ... ... ...`,
        },
      },
      {
        policies: [
          policyOf('x/a-by-address', {
            podSelector: a,
            policyTypes: ['Egress'],
            egress: [{ to: [{ ipBlock: { cidr: '10.1.0.2/32' } }] }],
          }),
        ],
        isolated: 'x/a',
        tables: {
          '*': `
            x/a X.X XXX XXX
            *   ... ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should enforce policies to check ingress and egress policies can be controlled independently based on PodSelector',
    steps: [
      {
        policies: [policyOf('x/a-to-all', { podSelector: a, policyTypes: ['Egress'], egress: [{}] })],
        isolated: 'x/a',
        tables: { '*': open },
      },
      {
        policies: [
          policyOf('x/a-to-all', { podSelector: a, policyTypes: ['Egress'], egress: [{}] }),
          policyOf('x/a-from-none', { podSelector: a, policyTypes: ['Ingress'], ingress: [] }),
        ],
        isolated: 'x/a',
        tables: { '*': '* X.. ... ...' },
      },
    ],
  },
];
