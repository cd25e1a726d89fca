import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describeMove, type Metric, movesOf } from './metric.ts';

const p50 = (value: number): Metric[] => [{ name: 'p50', unit: 'ms', value }];

describe('a metric that a fault must move', () => {
  const came = (was: Metric[], is: Metric[]) => movesOf({ p50: 2_000 }, was, is)[0]!;

  for (const [what, was, is, fits] of [
    ['as much as it must', 74, 2_081, true],
    ['a quarter less', 100, 1_600, true],
    ['a quarter more', 100, 2_600, true],
    ['not at all', 74, 76, false],
    ['by half', 74, 1_074, false],
    ['twice', 74, 4_074, false],
    ['the other way', 2_081, 74, false],
    ['to what is no number', 74, Number.NaN, false],
  ] as const) {
    it(`${fits ? 'may' : 'may not'} move ${what}`, () => {
      assert.equal(came(p50(was), p50(is)).asExpected, fits);
    });
  }

  it('must have been measured, without the fault and under it', () => {
    assert.equal(came([], p50(2_081)).asExpected, false);
    assert.equal(came(p50(74), []).asExpected, false);
    assert.equal(came(p50(74), [{ name: 'p95', unit: 'ms', value: 2_081 }]).asExpected, false);
    assert.equal(describeMove(came(p50(74), [])), 'p50: 74 → not measured ms');
  });

  it('is told with both of its values', () => {
    assert.equal(describeMove(came(p50(74.2), p50(2_080.6))), 'p50: 74 → 2081 ms');
  });

  it('is held against its own shift, each', () => {
    const two = (a: number, b: number): Metric[] => [
      { name: 'a', unit: 'ms', value: a },
      { name: 'b', unit: 'ms', value: b },
    ];
    const moves = movesOf({ a: 100, b: -100 }, two(0, 200), two(100, 200));
    assert.deepEqual(
      moves.map(({ asExpected }) => asExpected),
      [true, false],
    );
  });

  it('that did not move is never as expected, whatever its value and shift', () => {
    const value = fc.double({ min: 0, max: 1e6, noNaN: true });
    const by = fc.double({ min: 1, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, by, (one, shift) => {
        assert(!movesOf({ p50: shift }, p50(one), p50(one))[0]!.asExpected);
      }),
    );
  });
});
