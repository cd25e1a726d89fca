import assert from 'node:assert/strict';
import fc from 'fast-check';
import { medianInterval } from './median-interval.ts';
import { type Pair, pairedRatio } from './paired-ratio.ts';
import { quantile } from './quantile.ts';

const time = fc.double({ min: 1, max: 1e7, noNaN: true });
const pairs = fc.array(fc.record({ path: time, baseline: time }), { minLength: 8, maxLength: 60 });
const plan = { confidence: 0.99, limit: 3 };

const ratioOf = (of: readonly Pair[]) => pairedRatio(of, plan) ?? assert.fail('too few pairs');

describe('quantile', () => {
  it('is linear between neighbours, as in R', () => {
    assert.equal(quantile([3, 1, 2], 0.5), 2);
    assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
    assert.equal(quantile([10, 20, 30, 40, 50], 0.9), 46);
    assert.equal(quantile([7], 0.99), 7);
    assert.ok(Number.isNaN(quantile([], 0.5)));
  });

  it('lies between the least and the greatest and rises with its share', () => {
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 1 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (all, share) => {
          const [low, here, high] = [quantile(all, 0), quantile(all, share), quantile(all, share + 0.1)];
          assert.ok(low <= here && here <= high && high <= quantile(all, 1));
        },
      ),
    );
  });
});

describe('medianInterval', () => {
  // Conover, Practical Nonparametric Statistics: the binomial distribution with p = 1/2.
  for (const [count, confidence, rank, exact] of [
    [8, 0.99, 1, 1 - 2 / 256],
    [10, 0.95, 2, 1 - (2 * 11) / 1024],
    [16, 0.99, 3, 1 - (2 * 137) / 65_536],
    [24, 0.99, 6, 1 - (2 * 55_455) / 2 ** 24],
  ] as const) {
    it(`of ${count} values holds the median with ${confidence} from rank ${rank} on`, () => {
      const interval = medianInterval(count, confidence);
      assert.equal(interval?.rank, rank);
      assert.ok(Math.abs((interval?.confidence ?? 0) - exact) < 1e-12);
    });
  }

  it('is none where even the least and the greatest do not suffice', () => {
    assert.equal(medianInterval(7, 0.99), undefined);
    assert.equal(medianInterval(0, 0.5), undefined);
  });

  it('holds the median as often as it says', () => {
    // Values of a distribution whose median is 0 are below it or not, each with probability 1/2.
    const { rank = 0, confidence = 0 } = medianInterval(24, 0.9) ?? {};
    let state = 1;
    const coin = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >= 2 ** 31;
    };
    const rounds = 20_000;
    let held = 0;
    for (let round = 0; round < rounds; round += 1) {
      const below = Array.from({ length: 24 }, coin).filter(Boolean).length;
      if (below >= rank && 24 - below >= rank) held += 1;
    }
    assert.ok(Math.abs(held / rounds - confidence) < 4 * Math.sqrt(confidence / rounds));
  });
});

describe('pairedRatio', () => {
  it('has its value inside the interval, and a wider interval for more confidence', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const { low, value, high } = ratioOf(all);
        assert.ok(low <= value && value <= high);
        const less = pairedRatio(all, { ...plan, confidence: 0.8 });
        assert.ok(less && low <= less.low && less.high <= high);
      }),
    );
  });

  it('does not change when the whole machine is slower', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 20 }), (all, power) => {
        const slower = all.map(({ path, baseline }) => ({
          path: path * 2 ** power,
          baseline: baseline * 2 ** power,
        }));
        const { finds: _, ...ratio } = ratioOf(all);
        const { finds: __, ...same } = ratioOf(slower);
        assert.deepEqual(same, ratio);
      }),
    );
  });

  it('finds what it says that it finds, and no less', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const { finds } = ratioOf(all);
        const plus = (delay: number) =>
          ratioOf(all.map(({ path, baseline }) => ({ path: path + delay, baseline }))).low;
        assert.ok(plus(finds * 1.000001 + 0.001) > plan.limit);
        if (finds > 1) assert.ok(plus(finds * 0.999999 - 0.001) <= plan.limit);
      }),
    );
  });

  it('is not moved by a few pairs that are far off', () => {
    const quiet = Array.from({ length: 24 }, (_, index) => ({ path: 120 + index, baseline: 100 }));
    const noisy = quiet.map((pair, index) => (index % 5 === 0 ? { ...pair, path: 1e6 } : pair));
    assert.ok(ratioOf(noisy).high < 1.5);
  });

  it('is none for too few pairs', () => {
    assert.equal(pairedRatio([{ path: 1, baseline: 1 }], plan), undefined);
  });
});
