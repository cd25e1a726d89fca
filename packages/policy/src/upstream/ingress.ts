import { policyOf } from '../testing/policy-of.ts';
import { nameLabel } from '../world.ts';
import { open, type UpstreamCase } from './case.ts';

const a = { matchLabels: { pod: 'a' } };
const b = { matchLabels: { pod: 'b' } };
const y = { matchLabels: { team: 'y' } };
const notX = { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['x'] }] } as const;

const onlyFromB = `
  x/b ... ... ...
  *   X.. ... ...`;
const onlyFromY = `
  y/* ... ... ...
  *   X.. ... ...`;
const onlyFromYA = `
  y/a ... ... ...
  *   X.. ... ...`;

/** Who may come in, by pod, by namespace, by both. */
export const ingressCases: readonly UpstreamCase[] = [
  {
    name: "[TCP] should support a 'default-deny-ingress' policy",
    steps: [
      {
        policies: [policyOf('x/deny-ingress', { podSelector: {}, policyTypes: ['Ingress'], ingress: [] })],
        isolated: 'x/*',
        tables: { '*': '* XXX ... ...' },
      },
    ],
  },
  {
    name: "[TCP] should support a 'default-deny-all' policy",
    steps: [
      {
        policies: [policyOf('x/deny-all', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })],
        isolated: 'x/*',
        tables: {
          '*': `
            x/* XXX XXX XXX
            *   XXX ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy to allow traffic from pods within server namespace based on PodSelector',
    steps: [
      {
        policies: [policyOf('x/a-from-b', { podSelector: a, ingress: [{ from: [{ podSelector: b }] }] })],
        isolated: 'x/a',
        tables: { '*': onlyFromB },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy to allow ingress traffic for a target',
    steps: [
      {
        policies: [
          policyOf('x/deny-all', { podSelector: {}, policyTypes: ['Ingress'] }),
          policyOf('x/all-to-a', {
            podSelector: a,
            ingress: [{ from: [{ podSelector: {}, namespaceSelector: {} }] }],
          }),
        ],
        isolated: 'x/*',
        tables: { '*': '* .XX ... ...' },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy to allow ingress traffic from pods in all namespaces',
    steps: [
      {
        policies: [
          policyOf('x/a-from-all', {
            podSelector: a,
            ingress: [{ from: [{ namespaceSelector: { matchLabels: {} } }] }],
          }),
        ],
        isolated: 'x/a',
        tables: { '*': open },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy to allow traffic only from a different namespace, based on NamespaceSelector',
    steps: [
      {
        policies: [
          policyOf('x/a-from-y', { podSelector: a, ingress: [{ from: [{ namespaceSelector: y }] }] }),
        ],
        isolated: 'x/a',
        tables: { '*': onlyFromY },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy based on PodSelector with MatchExpressions',
    steps: [
      {
        policies: [
          policyOf('x/a-from-b', {
            podSelector: a,
            ingress: [
              {
                from: [
                  { podSelector: { matchExpressions: [{ key: 'pod', operator: 'In', values: ['b'] }] } },
                ],
              },
            ],
          }),
        ],
        isolated: 'x/a',
        tables: { '*': onlyFromB },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy based on NamespaceSelector with MatchExpressions',
    steps: [
      {
        policies: [
          policyOf('x/a-from-y', {
            podSelector: a,
            ingress: [
              {
                from: [
                  {
                    namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['y'] }] },
                  },
                ],
              },
            ],
          }),
        ],
        isolated: 'x/a',
        tables: { '*': onlyFromY },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy based on PodSelector or NamespaceSelector',
    steps: [
      {
        policies: [
          policyOf('x/a-from-others-or-b', {
            podSelector: a,
            ingress: [{ from: [{ namespaceSelector: notX }, { podSelector: b }] }],
          }),
        ],
        isolated: 'x/a',
        tables: {
          '*': `
            x/c X.. ... ...
            *   ... ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy based on PodSelector and NamespaceSelector',
    steps: [
      {
        policies: [
          policyOf('x/a-from-b-of-others', {
            podSelector: a,
            ingress: [{ from: [{ namespaceSelector: notX, podSelector: b }] }],
          }),
        ],
        isolated: 'x/a',
        tables: {
          '*': `
            y/b ... ... ...
            z/b ... ... ...
            *   X.. ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy based on Multiple PodSelectors and NamespaceSelectors',
    steps: [
      {
        policies: [
          policyOf('x/a-from-b-c-of-others', {
            podSelector: a,
            ingress: [
              {
                from: [
                  {
                    namespaceSelector: notX,
                    podSelector: { matchExpressions: [{ key: 'pod', operator: 'In', values: ['b', 'c'] }] },
                  },
                ],
              },
            ],
          }),
        ],
        isolated: 'x/a',
        tables: {
          '*': `
            x/* X.. ... ...
            y/a X.. ... ...
            z/a X.. ... ...
            *   ... ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy based on any PodSelectors',
    steps: [
      {
        policies: [
          policyOf('x/a-from-b-or-c', {
            podSelector: a,
            ingress: [{ from: [{ podSelector: b }, { podSelector: { matchLabels: { pod: 'c' } } }] }],
          }),
        ],
        isolated: 'x/a',
        tables: {
          '*': `
            x/b ... ... ...
            x/c ... ... ...
            *   X.. ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy to allow traffic only from a pod in a different namespace based on PodSelector and NamespaceSelector',
    steps: [
      {
        policies: [
          policyOf('x/a-from-ya', {
            podSelector: a,
            ingress: [{ from: [{ namespaceSelector: y, podSelector: a }] }],
          }),
        ],
        isolated: 'x/a',
        tables: { '*': onlyFromYA },
      },
    ],
  },
  {
    name: '[TCP] should deny ingress from pods on other namespaces',
    steps: [
      {
        policies: [
          policyOf('x/from-x', {
            podSelector: {},
            ingress: [{ from: [{ podSelector: { matchLabels: {} } }] }],
          }),
        ],
        isolated: 'x/*',
        tables: {
          '*': `
            x/* ... ... ...
            *   XXX ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should enforce policy to allow traffic based on NamespaceSelector with MatchLabels using default ns label',
    steps: [
      {
        policies: [
          policyOf('x/a-from-y', {
            podSelector: a,
            ingress: [{ from: [{ namespaceSelector: { matchLabels: { [nameLabel]: 'y' } } }] }],
          }),
        ],
        isolated: 'x/a',
        tables: { '*': onlyFromY },
      },
    ],
  },
];

/** The three cases that upstream asks over UDP and SCTP as well. */
export const otherProtocolCases: readonly UpstreamCase[] = (['UDP', 'SCTP'] as const).flatMap((protocol) => [
  {
    name: `[${protocol}] should support a 'default-deny-ingress' policy`,
    steps: [
      {
        policies: [policyOf('x/deny-all', { podSelector: {}, policyTypes: ['Ingress'] })],
        isolated: 'x/*',
        tables: { '*': '* XXX ... ...' },
      },
    ],
  },
  {
    name: `[${protocol}] should enforce policy based on Ports`,
    steps: [
      {
        policies: [
          policyOf('x/a-81-from-y', {
            podSelector: a,
            ingress: [{ from: [{ namespaceSelector: y }], ports: [{ port: 81, protocol }] }],
          }),
        ],
        isolated: 'x/a',
        tables: { [`${protocol} 81`]: onlyFromY, '*': '* X.. ... ...' },
      },
    ],
  },
  {
    name: `[${protocol}] should enforce policy to allow traffic only from a pod in a different namespace based on PodSelector and NamespaceSelector`,
    steps: [
      {
        policies: [
          policyOf('x/a-from-ya', {
            podSelector: a,
            ingress: [{ from: [{ namespaceSelector: y, podSelector: a }] }],
          }),
        ],
        isolated: 'x/a',
        tables: { '*': onlyFromYA },
      },
    ],
  },
]);
