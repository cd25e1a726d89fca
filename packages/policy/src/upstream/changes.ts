import { policyOf } from '../testing/policy-of.ts';
import { open, type UpstreamCase } from './case.ts';

const a = { matchLabels: { pod: 'a' } };
const y = { matchLabels: { team: 'y' } };

const onlyFromY = `
  y/* ... ... ...
  *   X.. ... ...`;

const updatedNamespace = policyOf('x/a-from-updated', {
  podSelector: a,
  ingress: [{ from: [{ namespaceSelector: { matchLabels: { ns2: 'updated' } } }] }],
});
const updatedPod = policyOf('x/a-from-updated-b', {
  podSelector: a,
  ingress: [{ from: [{ podSelector: { matchLabels: { pod: 'b', pod2: 'updated' } } }] }],
});
const isolatedTarget = policyOf('x/deny-isolated', {
  podSelector: { matchLabels: { target: 'isolated' } },
  policyTypes: ['Ingress'],
});
const ingress80 = policyOf('x/on-80', { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] });
const egress80 = policyOf('x/to-80', {
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [{ ports: [{ port: 80 }] }],
});
const portFromY = (port: number) =>
  policyOf(`x/a-${port}-from-y`, {
    podSelector: a,
    ingress: [{ from: [{ namespaceSelector: y }], ports: [{ port, protocol: 'TCP' }] }],
  });

/** Policies that are added, changed and deleted, and labels that change: a table for each state between. */
export const changeCases: readonly UpstreamCase[] = [
  {
    name: '[TCP] should enforce multiple, stacked policies with overlapping podSelectors',
    steps: [
      {
        policies: [portFromY(81)],
        isolated: 'x/a',
        tables: { 'TCP 81': onlyFromY, '*': '* X.. ... ...' },
      },
      {
        policies: [portFromY(81), portFromY(80)],
        isolated: 'x/a',
        tables: { 'TCP 80, TCP 81': onlyFromY, '*': '* X.. ... ...' },
      },
    ],
  },
  {
    name: '[TCP] should enforce updated policy',
    steps: [
      {
        policies: [policyOf('x/mutated', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] })],
        isolated: 'x/*',
        tables: { '*': open },
      },
      {
        policies: [policyOf('x/mutated', { podSelector: {}, policyTypes: ['Ingress'], ingress: [] })],
        isolated: 'x/*',
        tables: { '*': '* XXX ... ...' },
      },
    ],
  },
  {
    name: '[TCP] should allow ingress access from updated namespace',
    steps: [
      { policies: [updatedNamespace], isolated: 'x/a', tables: { '*': '* X.. ... ...' } },
      {
        policies: [updatedNamespace],
        relabelled: { namespaces: { y: { ns2: 'updated' } } },
        isolated: 'x/a',
        tables: { '*': onlyFromY },
      },
    ],
  },
  {
    name: '[TCP] should allow ingress access from updated pod',
    steps: [
      { policies: [updatedPod], isolated: 'x/a', tables: { '*': '* X.. ... ...' } },
      {
        policies: [updatedPod],
        relabelled: { pods: { 'x/b': { pod: 'b', pod2: 'updated' } } },
        isolated: 'x/a',
        tables: {
          '*': `
            x/b ... ... ...
            *   X.. ... ...`,
        },
      },
    ],
  },
  {
    name: '[TCP] should deny ingress access to updated pod',
    steps: [
      { policies: [isolatedTarget], isolated: '', tables: { '*': open } },
      {
        policies: [isolatedTarget],
        relabelled: { pods: { 'x/a': { pod: 'a', target: 'isolated' } } },
        isolated: 'x/a',
        tables: { '*': '* X.. ... ...' },
      },
    ],
  },
  {
    name: '[TCP] should enforce multiple ingress policies with ingress allow-all policy taking precedence',
    steps: [
      { policies: [ingress80], isolated: 'x/*', tables: { 'TCP 80': open, '*': '* XXX ... ...' } },
      {
        policies: [ingress80, policyOf('x/from-all', { podSelector: {}, ingress: [{}] })],
        isolated: 'x/*',
        tables: { '*': open },
      },
    ],
  },
  {
    name: '[TCP] should enforce multiple egress policies with egress allow-all policy taking precedence',
    steps: [
      {
        policies: [egress80],
        isolated: 'x/*',
        tables: {
          'TCP 80': open,
          '*': `
            x/* XXX XXX XXX
            *   ... ... ...`,
        },
      },
      {
        policies: [
          egress80,
          policyOf('x/to-all', { podSelector: {}, policyTypes: ['Egress'], egress: [{}] }),
        ],
        isolated: 'x/*',
        tables: { '*': open },
      },
    ],
  },
  {
    name: '[TCP] should stop enforcing policies after they are deleted',
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
      { policies: [], isolated: '', tables: { '*': open } },
    ],
  },
];
