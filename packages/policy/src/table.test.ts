import assert from 'node:assert/strict';
import { compareTable, drawTable, oracle } from './index.ts';
import { namespaces, pods, policyOf } from './testing/index.ts';

const three = pods.filter(({ namespace, name }) => name === 'a' || (namespace === 'x' && name === 'b'));
const addresses = [
  { id: 'outside', ip: '203.0.113.7' },
  { id: 'else', ip: '203.0.113.8' },
];
const policies = [
  policyOf('x/from-y', { ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'y' } } }] }] }),
  policyOf('z/deny', {}),
];
const asking = oracle({ pods: three, namespaces, addresses, policies });
const ports = [{ protocol: 'TCP', port: 80 }] as const;

describe('a table', () => {
  it('has every ordered pair with a pod in it', () => {
    assert.equal(
      drawTable(asking.table(ports), ports[0]),
      [
        'TCP 80  x/a x/b y/a z/a outside else',
        'x/a       ?   X   .   X       .    .',
        'x/b       X   ?   .   X       .    .',
        'y/a       .   .   .   X       .    .',
        'z/a       X   X   .   ?       .    .',
        'outside   X   X   .   X',
        'else      X   X   .   X',
      ].join('\n'),
    );
    assert.equal(asking.table(ports).cells.length, 4 * 4 + 2 * 2 * 4);
    assert.equal(asking.table([...ports, { protocol: 'UDP', port: 80 }]).cells.length, 2 * 32);
  });

  it('has the verdicts that single questions have, over the same way', () => {
    const block = [
      policyOf('x/p', { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] }),
    ];
    const other = oracle({ pods: three, namespaces, policies: block });
    for (const via of [undefined, 'ClusterIP', 'NodePort'] as const) {
      const { cells } = other.table(ports, via);
      for (const cell of cells) assert.equal(cell.verdict, other.decide({ ...cell, via }).verdict);
      assert.equal(
        cells.find(({ from, to }) => from === 'x/a' && to === 'y/a')?.verdict,
        via ? 'implementation-defined' : 'allowed',
      );
    }
  });
});

describe('comparing with what was seen', () => {
  it('finds nothing where all is so, and says how much was judged', () => {
    const comparison = compareTable(asking, asking.table(ports), ({ verdict }) =>
      verdict === 'denied' ? 'denied' : 'allowed',
    );
    assert.deepEqual(comparison, { disagreements: [], judged: 29, leftOpen: 3, unknown: 0 });
  });

  it('shows each cell that is otherwise, with the reason and the policies', () => {
    const { disagreements, judged } = compareTable(asking, asking.table(ports), ({ from, to, verdict }) => {
      const right = verdict === 'denied' ? 'denied' : 'allowed';
      const wrong = right === 'denied' ? 'allowed' : 'denied';
      return `${from} ${to}` === 'x/b x/a' || `${from} ${to}` === 'y/a x/a' ? wrong : right;
    });
    assert.equal(judged, 29);
    assert.deepEqual(
      disagreements.map(({ cell, observed, policies: concerned }) => [
        cell.from,
        cell.verdict,
        observed,
        concerned,
      ]),
      [
        ['x/b', 'denied', 'allowed', [policies[0]]],
        ['y/a', 'allowed', 'denied', [policies[0]]],
      ],
    );
    assert.match(disagreements[0]!.explanation, /^denied: ingress of x\/a is isolated by x\/from-y /);
    assert.match(disagreements[1]!.explanation, /^allowed: .* x\/from-y rule 0, peer 0 /);
  });

  it('explains a table of ClusterIPs by what holds over them', () => {
    const to = [{ ipBlock: { cidr: '10.0.0.0/8' } }, { namespaceSelector: {} }];
    const other = oracle({
      pods: three,
      namespaces,
      policies: [policyOf('x/p', { policyTypes: ['Egress'], egress: [{ to }] })],
    });
    const { disagreements } = compareTable(other, other.table(ports, 'ClusterIP'), ({ from, to: server }) =>
      `${from} ${server}` === 'x/a y/a' ? 'denied' : 'allowed',
    );
    assert.equal(disagreements.length, 1);
    assert.match(disagreements[0]!.explanation, /x\/p rule 0, peer 1 \(namespaceSelector {}\)/);
  });

  it('judges neither what is left open nor what is not known', () => {
    const comparison = compareTable(asking, asking.table(ports), ({ verdict, from }) =>
      verdict === 'implementation-defined' ? 'denied' : from === 'y/a' ? undefined : 'allowed',
    );
    assert.deepEqual([comparison.judged, comparison.leftOpen, comparison.unknown], [23, 3, 6]);
    assert.equal(
      comparison.disagreements.length,
      asking.table(ports).cells.filter(({ from, verdict }) => from !== 'y/a' && verdict === 'denied').length,
    );
  });
});
