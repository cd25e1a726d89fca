import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rateAtMost } from './rate.ts';

const near = (value: number, expected: number) =>
  assert.ok(Math.abs(value - expected) < 1e-4, `${value} is not near ${expected}`);

describe('rateAtMost', () => {
  it('agrees with published limits of Clopper and Pearson', () => {
    near(rateAtMost(0, 20), 1 - 0.05 ** (1 / 20));
    near(rateAtMost(0, 20), 0.1391);
    near(rateAtMost(1, 10, 0.975), 0.445);
    near(rateAtMost(5, 10, 0.975), 0.8129);
  });

  it('lies above the rate that was seen, below 1, and falls with more trials', () => {
    const seen = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 500 }));
    fc.assert(
      fc.property(seen, ([events, more]) => {
        const trials = events + more;
        const bound = rateAtMost(events, trials);
        assert.ok(bound > events / trials && bound <= 1);
        assert.ok(rateAtMost(events, trials + 1) < bound);
      }),
    );
  });

  it('is 1 where every trial was an event', () => {
    assert.equal(rateAtMost(3, 3), 1);
  });
});
