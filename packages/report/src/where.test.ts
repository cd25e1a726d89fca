import assert from 'node:assert/strict';
import type { Asked } from './asked.ts';
import { groups, shared } from './where.ts';

const nodes = ['worker', 'worker2', 'worker3'];

/** Every ordered pair of two pods on each of three nodes, over TCP and UDP. */
function allPairs(bad: (asked: Asked) => boolean): readonly Asked[] {
  const pods = nodes.flatMap((node) =>
    ['x', 'y'].map((name) => ({ name: `${name}/${node}`, kind: 'pod' as const, node })),
  );
  return pods.flatMap((source) =>
    pods
      .filter((target) => target !== source)
      .flatMap((target) =>
        (['TCP', 'UDP'] as const).map((protocol): Asked => {
          const asked = {
            source,
            target,
            protocol,
            port: `${protocol} 80`,
            asked: 1,
            wrong: 0,
            bad: false,
            unknown: 0,
            square: 'connected',
            words: '',
          } as const;
          return bad(asked) ? { ...asked, bad: true, wrong: 1 } : asked;
        }),
      ),
  );
}

describe('what blamed pairs share', () => {
  const cases: readonly [string, (asked: Asked) => boolean, readonly string[], number][] = [
    ['one source node', ({ source }) => source.node === 'worker2', ['start on worker2'], 0],
    ['one protocol', ({ protocol }) => protocol === 'UDP', ['are UDP'], 0],
    ['one node each', ({ source, target }) => source.node === target.node, ['stay on one node'], 0],
    [
      'one of the nodes',
      ({ source, target }) => source.node === 'worker2' && target.node === 'worker2',
      ['stay on worker2'],
      0,
    ],
    ['other nodes', ({ source, target }) => source.node !== target.node, ['go from one node to another'], 0],
    [
      'whatever starts or ends on one node, over one protocol',
      ({ source, target, protocol }) => [source.node, target.node].includes('worker2') && protocol === 'UDP',
      ['have an end on worker2', 'are UDP'],
      0,
    ],
    ['one target pod', ({ target }) => target.name === 'x/worker3', ['go to x/worker3 on worker3'], 0],
    ['a namespace', ({ target }) => target.name.startsWith('y/'), ['go to pods of y'], 0],
    [
      'both directions between two nodes',
      ({ source, target }) => [source.node, target.node].sort().join() === 'worker,worker2',
      ['are between worker and worker2'],
      0,
    ],
    [
      'one way, one protocol, and not all of them',
      ({ source, target, protocol }) =>
        source.node === 'worker' &&
        target.node === 'worker2' &&
        protocol === 'UDP' &&
        target.name !== source.name.replace('worker', 'worker2'),
      ['start on worker', 'go to worker2', 'are UDP'],
      2,
    ],
    ['everything', () => true, [], 0],
  ];
  for (const [name, bad, traits, spared] of cases) {
    it(`is found: ${name}`, () => {
      assert.deepEqual(shared(allPairs(bad)), { traits, spared });
    });
  }

  it('is not looked for in a single pair', () => {
    const one = allPairs(
      ({ source, target, protocol }) =>
        `${source.name} ${target.name} ${protocol}` === 'x/worker y/worker TCP',
    );
    assert.deepEqual(shared(one), { traits: [], spared: 0 });
  });
});

describe('groups of blamed pairs', () => {
  it('tell causes apart, and leave over what fits none', () => {
    const all = allPairs(
      ({ source, target, protocol }) =>
        (protocol === 'UDP' && target.node === 'worker3') ||
        source.name === 'x/worker' ||
        `${source.name} ${target.name} ${protocol}` === 'y/worker2 y/worker TCP',
    );
    assert.deepEqual(groups(all), {
      groups: [
        { traits: ['start at x/worker on worker'], wrong: 10 },
        { traits: ['go to worker3', 'are UDP'], wrong: 8 },
      ],
      rest: 1,
    });
  });

  it('are none where each trait is a right pair’s too', () => {
    const all = allPairs(
      ({ source, target, protocol }) =>
        (source.name.length + target.name.length * 3 + protocol.charCodeAt(0)) % 2 === 0,
    );
    for (const { traits } of groups(all).groups) assert.ok(traits.length > 0);
    const single = allPairs(
      ({ source, target, protocol }) =>
        `${source.name} ${target.name} ${protocol}` === 'x/worker y/worker TCP',
    );
    assert.deepEqual(groups(single), { groups: [], rest: 1 });
  });
});
