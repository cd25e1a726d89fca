import assert from 'node:assert/strict';
import { power, sampleSize } from './sample-size.ts';

const asked = { alpha: 1e-6, power: 0.99 };

describe('sampleSize', () => {
  // Cross-checked with R: the smallest N whose noncentral survival reaches 0.99. No tolerance.
  for (const [backends, sizes] of [
    [2, [20_840, 5_210, 1_303]],
    [3, [45_040, 11_260, 2_815]],
    [5, [99_385, 24_847, 6_212]],
    [10, [259_443, 64_861, 16_216]],
  ] as const) {
    it(`finds 5, 10 and 20 % among ${backends} backends with ${sizes.join(', ')} connections`, () => {
      const computed = [0.05, 0.1, 0.2].map((effect) => sampleSize({ backends, effect, ...asked }));
      assert.deepEqual(computed, sizes);
    });
  }

  it('is the smallest that has the power', () => {
    const defect = { backends: 4, alpha: 1e-4, effect: 0.15 };
    const samples = sampleSize({ ...defect, power: 0.9 });
    assert.ok(power({ ...defect, samples }) >= 0.9);
    assert.ok(power({ ...defect, samples: samples - 1 }) < 0.9);
  });
});
