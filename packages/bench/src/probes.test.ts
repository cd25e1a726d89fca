import assert from 'node:assert/strict';
import { planOf, type Spent } from './probes.ts';
import { aligned, type Memory, type Row, tables } from './probes-tables.ts';

describe('what pods are asked', () => {
  it('is about as much in a turn, whatever their number', () => {
    const asked = (size: number) => {
      const { ports, matrices } = planOf(size);
      return [ports.length * size ** 2, matrices];
    };
    assert.deepEqual([9, 30, 100].map(asked), [
      [972, 10],
      [1_800, 6],
      [20_000, 1],
    ]);
  });
});

describe('the figures of probing', () => {
  const run = (ms: number, words: Spent['words']): Spent => ({ probes: 972, cpu: 100, ms, words });
  const row: Row = {
    ...{ what: 'asked', pods: 9, ports: 6, lost: 0, rss: 90e6, peak: 95e6 },
    ...{ nodesCpu: 400, podsCpu: 300, runs: [] },
  };
  const rows: readonly Row[] = [
    { ...row, what: 'at rest, a second', rss: 0, peak: 0 },
    { ...row, runs: [run(200, { connected: 972 }), run(400, { connected: 970, inconclusive: 2 })] },
    { ...row, runs: [run(300, { connected: 972 })], lost: 1, nodesCpu: 600, peak: 105e6 },
  ];
  const agent = { role: 'agent', rss: 70e6, pss: 25e6 } as const;
  const memory: readonly Memory[] = [
    { pods: 0, when: 'none', nodes: 3e9, of: new Map() },
    { pods: 9, when: 'asked', nodes: 4e9, of: new Map([['agent', [agent, { ...agent, rss: 80e6 }]]]) },
  ];
  const lines = tables(rows, memory, { cluster: 'bridge', turns: 2 }).split('\n');
  const words = (start: RegExp) =>
    lines
      .find((line) => start.test(line))
      ?.trim()
      .split(/ {2,}/);

  it('are medians over all runs, with what did not connect', () => {
    const figures = ['9', '6', '972', '3', '0.30', '0.20–0.40', '3240', '0.10', '0.50', '0.30'];
    const verdicts = '2914 connected, 2 inconclusive, streams lost by then: 1';
    assert.deepEqual(words(/3240/), [...figures, 'asked', verdicts]);
  });

  it('have what nodes take at rest', () => {
    assert.deepEqual(words(/at rest/), ['9', '0.40', '0.30', 'at rest, a second']);
  });

  it('have the memory of nodes, agents and the controller', () => {
    assert.deepEqual(words(/none/), ['0', 'none', '3000']);
    assert.deepEqual(words(/asked .*105$/), ['9', 'asked', '4000', '75', '25', '90', '105']);
  });

  it('stand below each other', () => {
    assert.deepEqual(
      aligned([
        ['n', 'word'],
        ['100', 'a'],
      ]),
      ['  n  word', '100  a'],
    );
  });
});
