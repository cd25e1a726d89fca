import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chiSquareSurvival } from './chi-square.ts';
import { power } from './sample-size.ts';
import { uniformity } from './uniformity.ts';

const options = { alpha: 0.01, effect: 0.2 };
const countsOf = fc.array(fc.integer({ min: 5, max: 5_000 }), { minLength: 2, maxLength: 20 });

describe('uniformity', () => {
  it('computes a statistic that can be checked by hand', () => {
    // (60-50)²/50 + (40-50)²/50 = 4
    const statistic = uniformity([60, 40], { alpha: 0.05, effect: 0.2 });
    assert.equal(statistic.value, 4);
    assert.equal(statistic.degreesOfFreedom, 1);
    assert.equal(statistic.samples, 100);
    assert.equal(statistic.p, chiSquareSurvival(4, 1));
    assert.equal(statistic.p.toFixed(4), '0.0455');
  });

  it('says what so many samples find, rounded down', () => {
    const { detects } = uniformity([3753, 3753, 3754], { alpha: 1e-6, effect: 0.1 });
    assert.equal(detects, 'one backend preferred by 10 % is found with probability 0.99');
    const fewer = uniformity([3753, 3753, 3753], { alpha: 1e-6, effect: 0.1 });
    assert.match(fewer.detects, /probability 0\.989$/);
  });

  it('does not fail a spread that is more even than chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 50 }), fc.integer({ min: 5, max: 100_000 }), (backends, each) => {
        const { p, value } = uniformity(Array(backends).fill(each), options);
        assert.equal(value, 0);
        assert.equal(p, 1);
      }),
    );
  });

  it('does not depend on the order of the backends', () => {
    fc.assert(
      fc.property(countsOf, (counts) => {
        const sorted = uniformity(
          counts.toSorted((a, b) => a - b),
          options,
        );
        const given = uniformity(counts, options);
        assert.ok(Math.abs(given.value - sorted.value) <= 1e-9 * (1 + given.value));
      }),
    );
  });

  it('grows by the factor by which all counts grow', () => {
    fc.assert(
      fc.property(countsOf, fc.integer({ min: 2, max: 9 }), (counts, factor) => {
        const once = uniformity(counts, options);
        const times = uniformity(
          counts.map((count) => count * factor),
          options,
        );
        assert.ok(Math.abs(times.value - once.value * factor) <= 1e-9 * (1 + times.value));
        assert.ok(times.p <= once.p);
      }),
    );
  });

  it('rejects what cannot be judged', () => {
    for (const counts of [[], [1000], [0, 0, 0], [4, 5]]) {
      assert.throws(() => uniformity(counts, options), { code: 'TOO_FEW_SAMPLES' });
    }
  });

  it('raises false alarms at the rate that it accepts', () => {
    const runs = 5_000;
    const alarms = simulate(runs, [1, 1, 1], 300);
    // 50 expected; 5 standard deviations of a binomial are 35
    assert.ok(alarms > 15 && alarms < 85, `${alarms} of ${runs}`);
  });

  it('finds a preference of 20 % as often as the power says', () => {
    const runs = 2_000;
    const samples = 600;
    const found = simulate(runs, [1.2, 0.9, 0.9], samples) / runs;
    const promised = power({ backends: 3, ...options, samples });
    assert.ok(promised > 0.5 && promised < 0.9, `${promised} leaves room on both sides`);
    // 5 standard deviations are 0.055
    assert.ok(Math.abs(found - promised) < 0.055, `${found}, promised ${promised}`);
  });
});

/** How many of `runs` simulated spreads by these weights are rejected at alpha = 0.01. */
function simulate(runs: number, weights: readonly number[], samples: number): number {
  const random = seeded(20_261_121);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let rejected = 0;
  for (let run = 0; run < runs; run += 1) {
    const counts = weights.map(() => 0);
    for (let sample = 0; sample < samples; sample += 1) {
      let left = random() * whole;
      const at = weights.findIndex((weight) => {
        left -= weight;
        return left < 0;
      });
      counts[Math.max(at, 0)]! += 1;
    }
    const { p, alpha } = uniformity(counts, options);
    if (p < alpha) rejected += 1;
  }
  return rejected;
}

/** mulberry32: 32 bits of state, the same sequence on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
