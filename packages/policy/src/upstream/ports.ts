import { policyOf } from '../testing/policy-of.ts';
import { open, type UpstreamCase } from './case.ts';

const a = { matchLabels: { pod: 'a' } };
const y = { matchLabels: { team: 'y' } };

const onlyFromY = `
  y/* ... ... ...
  *   X.. ... ...`;

/** Which ports, by number, by name, by protocol. */
export const portCases: readonly UpstreamCase[] = [
  {
    name: '[TCP] should enforce policy based on Ports',
    steps: [
      {
        policies: [
          policyOf('x/a-81-from-y', {
            podSelector: a,
            ingress: [{ from: [{ namespaceSelector: y }], ports: [{ port: 81, protocol: 'TCP' }] }],
          }),
        ],
        isolated: 'x/a',
        tables: { 'TCP 81': onlyFromY, '*': '* X.. ... ...' },
      },
    ],
  },
  {
    name: '[TCP] should support allow-all policy',
    steps: [
      {
        policies: [policyOf('x/allow-all', { podSelector: { matchLabels: {} }, ingress: [{}] })],
        isolated: 'x/*',
        tables: { '*': open },
      },
    ],
  },
  {
    name: '[TCP] should allow ingress access on one named port',
    steps: [
      {
        policies: [
          policyOf('x/on-81-by-name', { podSelector: {}, ingress: [{ ports: [{ port: 'serve-81-tcp' }] }] }),
        ],
        isolated: 'x/*',
        tables: { 'TCP 81': open, '*': '* XXX ... ...' },
      },
    ],
  },
  {
    name: '[TCP] should allow ingress access from namespace on one named port',
    steps: [
      {
        policies: [
          policyOf('x/a-80-by-name-from-y', {
            podSelector: a,
            ingress: [
              { from: [{ namespaceSelector: y }], ports: [{ port: 'serve-80-tcp', protocol: 'TCP' }] },
            ],
          }),
        ],
        isolated: 'x/a',
        tables: { 'TCP 80': onlyFromY, '*': '* X.. ... ...' },
      },
    ],
  },
  {
    name: '[TCP] should allow egress access on one named port',
    steps: [
      {
        policies: [
          policyOf('x/to-80-by-name', {
            podSelector: {},
            policyTypes: ['Egress'],
            egress: [{ ports: [{ port: 'serve-80-tcp' }] }],
          }),
        ],
        isolated: 'x/*',
        tables: {
          'TCP 80': open,
          '*': `
            x/* XXX XXX XXX
            *   ... ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should enforce ingress policy allowing any port traffic to a server on a specific protocol',
    steps: [
      {
        policies: [policyOf('x/a-by-tcp', { podSelector: a, ingress: [{ ports: [{ protocol: 'TCP' }] }] })],
        isolated: 'x/a',
        tables: { 'TCP 80, TCP 81': open, '*': '* X.. ... ...' },
      },
    ],
  },
  {
    name: "[TCP] should not mistakenly treat 'protocol: SCTP' as 'protocol: TCP', even if the plugin doesn't support SCTP",
    steps: [
      {
        policies: [
          policyOf('x/deny-ingress', { podSelector: {}, policyTypes: ['Ingress'] }),
          policyOf('x/a-by-sctp-81', {
            podSelector: a,
            ingress: [{ ports: [{ port: 81, protocol: 'SCTP' }] }],
          }),
        ],
        isolated: 'x/*',
        tables: { 'SCTP 81': '* .XX ... ...', '*': '* XXX ... ...' },
      },
    ],
  },
  {
    name: "[TCP] should properly isolate pods that are selected by a policy allowing SCTP, even if the plugin doesn't support SCTP",
    steps: [
      {
        policies: [
          policyOf('x/a-by-sctp-80', {
            podSelector: a,
            ingress: [{ ports: [{ port: 80, protocol: 'SCTP' }] }],
          }),
        ],
        isolated: 'x/a',
        tables: { 'SCTP 80': open, '*': '* X.. ... ...' },
      },
    ],
  },
  {
    name: '[TCP] should not allow access by TCP when a policy specifies only UDP',
    steps: [
      {
        policies: [
          policyOf('x/a-by-udp-81', {
            podSelector: a,
            ingress: [{ ports: [{ port: 81, protocol: 'UDP' }] }],
          }),
        ],
        isolated: 'x/a',
        tables: { 'UDP 81': open, '*': '* X.. ... ...' },
      },
    ],
  },
];
