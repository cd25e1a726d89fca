import assert from 'node:assert/strict';
import fc from 'fast-check';
import { connectionsToSeeAll } from './coverage.ts';

/** Probability that none of `samples` is one of the `missing` first backends. */
const missed = (backends: number, missing: number, samples: number) => (1 - missing / backends) ** samples;

describe('connectionsToSeeAll', () => {
  it('is enough by inclusion and exclusion for three backends, and one less is not', () => {
    // P(A1 or A2 or A3) = 3 P(A1) - 3 P(A1 and A2) + 0
    const exact = (samples: number) => 3 * missed(3, 1, samples) - 3 * missed(3, 2, samples);
    const samples = connectionsToSeeAll(3, 1e-9);
    assert.equal(samples, 54);
    assert.ok(exact(samples) < 1e-9);
    assert.ok(exact(samples - 1) > 1e-9);
  });

  it('is the smallest number that the bound allows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 50 }),
        fc.double({ min: 1e-12, max: 0.5, noNaN: true }),
        (backends, risk) => {
          const samples = connectionsToSeeAll(backends, risk);
          assert.ok(backends * missed(backends, 1, samples) < risk * (1 + 1e-9));
          assert.ok(backends * missed(backends, 1, samples - 1) >= risk * (1 - 1e-9));
        },
      ),
    );
  });

  it('is one connection where there is one backend', () => {
    assert.equal(connectionsToSeeAll(1, 1e-9), 1);
  });
});
