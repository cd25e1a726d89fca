import assert from 'node:assert/strict';
import { type Coverage, type Endpoint, targetOf } from '@netproof/core';
import fc from 'fast-check';
import { asksAtOnce, courseOf, type Pair, roundsAtOnce, sampledRounds } from './coverage.ts';

/** Pods on nodes, so many on each: `[2, 1]` is two on the first and one on the second. */
const podsOn = (counts: readonly number[]): readonly Endpoint[] =>
  counts.flatMap((count, node) =>
    Array.from({ length: count }, (_, at) => ({
      kind: 'pod' as const,
      id: `x/${node}-${at}`,
      node: `n${node}`,
      ip: `10.${node}.0.${at}`,
      labels: {},
    })),
  );

const ports = [{ protocol: 'TCP', port: 80 } as const];
const planOf = (pods: readonly Endpoint[]) => ({ sources: pods, targets: pods.map(targetOf), ports });
const seed = 'r1';
const turnsOf = (plan: Parameters<typeof courseOf>[0], coverage: Coverage, by = seed) => [
  ...courseOf(plan, { coverage, seed: by }).turns(),
];
const nodesOf = ({ source, target }: Pair) => `${source.node} → ${target.endpoint?.node}`;
const idsOf = ({ source, target }: Pair) => `${source.id} → ${target.label}`;
const occurrences = (names: readonly string[]) =>
  [...Map.groupBy(names, (name) => name).values()].map(({ length }) => length);

const clusters = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 40 });

describe('coverage', () => {
  it('all: is every ordered pair that the check allows, at once where they are few', () => {
    const pods = podsOn([2, 1]);
    const plan = {
      ...planOf(pods),
      pairs: (source: Endpoint, { label }: { label: string }) => source.id !== label,
    };
    const turns = turnsOf(plan, 'all');
    assert.equal(turns.length, 1);
    assert.deepEqual(new Set(turns[0]?.map(idsOf)).size, 3 * 2);
    assert.equal(courseOf(plan, { coverage: 'all', seed }).covered, undefined);
  });

  it('all: where they are many, asks no node more at once than the bound, and no target more than others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 55 }), fc.integer({ min: 1, max: 6 }), (each, count) => {
        const some = Array.from({ length: count }, (_, at) => ({ protocol: 'TCP', port: 80 + at }) as const);
        const pods = podsOn([each, each, Math.ceil(each / 2)]);
        const turns = turnsOf({ ...planOf(pods), ports: some }, 'all');
        assert.equal(new Set(turns.flat().map(idsOf)).size, pods.length ** 2);
        assert.equal(turns.flat().length, pods.length ** 2);
        for (const turn of turns) {
          const asked = occurrences(turn.map(({ target }) => target.label));
          assert.equal(new Set(asked).size, 1);
          const asking = occurrences(turn.map(({ source }) => source.node)).map((pairs) => pairs * count);
          assert.ok(Math.max(...asking) <= asksAtOnce, `${asking}`);
        }
      }),
    );
  });

  it('nodes: covers every ordered pair of nodes exactly once', () => {
    fc.assert(
      fc.property(clusters, (counts) => {
        const names = turnsOf(planOf(podsOn(counts)), 'nodes')
          .flat()
          .map(nodesOf);
        assert.equal(names.length, counts.length ** 2);
        assert.equal(new Set(names).size, names.length);
      }),
    );
  });

  for (const coverage of ['nodes', 'sample'] as const) {
    it(`${coverage}: in each turn every node asks and is asked as often as every other, and no more than the bound`, () => {
      fc.assert(
        fc.property(clusters, (counts) => {
          for (const turn of turnsOf(planOf(podsOn(counts)), coverage)) {
            const asking = occurrences(turn.map(({ source }) => source.node));
            const asked = occurrences(turn.map(({ target }) => target.endpoint?.node ?? ''));
            assert.deepEqual([asking.length, asked.length], [counts.length, counts.length]);
            assert.equal(new Set([...asking, ...asked]).size, 1);
            assert.ok(Math.max(...asked) <= roundsAtOnce);
          }
        }),
      );
    });

    it(`${coverage}: asks what the check allows, and a pair of nodes only where it allows none of their pairs`, () => {
      fc.assert(
        fc.property(clusters, fc.func(fc.boolean()), (counts, coin) => {
          const pods = podsOn(counts);
          const pairs = (source: Endpoint, { label }: { label: string }) => coin(source.id, label);
          const plan = { ...planOf(pods), pairs };
          const chosen = turnsOf(plan, coverage).flat();
          assert.ok(chosen.every(({ source, target }) => pairs(source, target)));
          const wanted = new Set(turnsOf(plan, 'all').flat().map(nodesOf));
          if (coverage === 'nodes') assert.deepEqual(new Set(chosen.map(nodesOf)), wanted);
          for (const name of chosen.map(nodesOf)) assert.ok(wanted.has(name));
        }),
      );
    });
  }

  it('nodes: has every pod ask and be asked, where there are as many nodes as two have pairs of pods', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 20 }), (each, more) => {
        const pods = podsOn(Array.from({ length: each ** 2 + more }, () => each));
        const chosen = turnsOf(planOf(pods), 'nodes').flat();
        assert.equal(new Set(chosen.map(({ source }) => source.id)).size, pods.length);
        assert.equal(new Set(chosen.map(({ target }) => target.label)).size, pods.length);
      }),
    );
  });

  it('sample: has each node ask itself and a bounded number of others, all of them where those are few', () => {
    for (const nodes of [1, 2, sampledRounds, 500]) {
      const chosen = turnsOf(planOf(podsOn(Array.from({ length: nodes }, () => 1))), 'sample').flat();
      assert.equal(new Set(chosen.map(nodesOf)).size, chosen.length);
      assert.equal(chosen.length, nodes * Math.min(nodes, sampledRounds));
      assert.equal(chosen.filter(({ source, target }) => source === target.endpoint).length, nodes);
    }
  });

  it('sample: draws the same pairs by the same seed, and others by another', () => {
    const plan = planOf(podsOn(Array.from({ length: 100 }, () => 1)));
    const drawn = (by: string) => new Set(turnsOf(plan, 'sample', by).flat().map(nodesOf));
    assert.deepEqual(drawn('a'), drawn('a'));
    const both = drawn('a').intersection(drawn('b')).size;
    assert.ok(both < drawn('a').size / 2, `${both} in common`);
  });

  it('sample: finds broken pairs as often as 1 - (1 - f)^n says, wherever they are', () => {
    const nodes = 60;
    const plan = planOf(podsOn(Array.from({ length: nodes }, () => 1)));
    const between = nodes * (sampledRounds - 1);
    const broken: Readonly<Record<string, readonly string[]>> = {
      'strewn about': Array.from({ length: 3 }, (_, at) => `n${at} → n${(at * 17 + 5) % nodes}`),
      // the ring's own round, which a ring in the order of names would ask whole or not at all
      'each to its next': Array.from({ length: 3 }, (_, at) => `n${at} → n${at + 1}`),
    };
    const lots = 400;
    for (const [where, pairs] of Object.entries(broken)) {
      let found = 0;
      for (let lot = 0; lot < lots; lot += 1) {
        const asked = new Set(turnsOf(plan, 'sample', `lot ${lot}`).flat().map(nodesOf));
        if (pairs.some((pair) => asked.has(pair))) found += 1;
      }
      const said = 1 - (1 - pairs.length / (nodes * (nodes - 1))) ** between;
      // four standard errors
      const margin = 4 * Math.sqrt((said * (1 - said)) / lots);
      assert.ok(Math.abs(found / lots - said) < margin, `${where}: ${found / lots} found, ${said} said`);
    }
  });

  it('says how many pairs were asked, and of how many', () => {
    const pods = podsOn([2, 1, 1]);
    const other = (source: Endpoint, { endpoint }: { endpoint?: Endpoint }) => source !== endpoint;
    const covered = courseOf({ ...planOf(pods), pairs: other }, { coverage: 'nodes', seed }).covered?.();
    assert.deepEqual(covered, {
      coverage: 'nodes',
      pairs: 7,
      sources: 4,
      targets: 4,
      own: { asked: 1, of: 3 }, // no pod beside the one
      others: { asked: 6, of: 6 },
    });
  });

  it('thins out nothing that is no pair of nodes, and no policy', () => {
    const pods = podsOn([2, 2]);
    const outside = { ...pods[0]!, kind: 'outside' as const, node: '' };
    const service = { label: 'Service x/web', address: '10.96.0.1', servers: pods.map(({ id }) => id) };
    for (const plan of [
      { ...planOf(pods), targets: [service] },
      { ...planOf(pods), targets: [...pods.map(targetOf), service] },
      { ...planOf(pods), sources: [outside] },
      { ...planOf(pods), targets: [targetOf(outside)] },
      { ...planOf(pods), untold: true },
    ]) {
      assert.deepEqual(turnsOf(plan, 'nodes'), turnsOf(plan, 'all'));
      assert.equal(courseOf(plan, { coverage: 'nodes', seed }).covered, undefined);
    }
  });
});
