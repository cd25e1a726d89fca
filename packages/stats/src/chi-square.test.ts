import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chiSquareCriticalValue, chiSquareSurvival, noncentralChiSquareSurvival } from './chi-square.ts';

function near(actual: number, expected: number, relative: number): void {
  assert.ok(Math.abs(actual - expected) <= relative * expected, `${actual} is not ${expected}`);
}

describe('chi-square', () => {
  it('is exp(-x/2) for 2 degrees of freedom, down to 1e-300', () => {
    for (const x of [0, 1e-9, 0.5, 1, 2, 3.9, 4, 5.991, 27.6, 60, 200, 1380]) {
      near(chiSquareSurvival(x, 2), Math.exp(-x / 2), 1e-12);
    }
  });

  it('is exp(-x/2)(1 + x/2) for 4 degrees of freedom', () => {
    for (const x of [0.1, 3, 9.488, 40, 70])
      near(chiSquareSurvival(x, 4), Math.exp(-x / 2) * (1 + x / 2), 1e-12);
  });

  // Computed with two independent programs that agree to 13 digits: R's pchisq and @stdlib's gammainc.
  for (const [x, degrees, expected] of [
    [0.01, 1, 0.920344325445942],
    [50, 1, 1.537459794428035e-12],
    [7.815, 3, 0.04999390297488389],
    [30, 3, 0.0000013800570312932536],
    [65, 5, 1.120737925721933e-12],
    [0.5, 9, 0.9999695662588387],
    [16.919, 9, 0.04999964084834979],
    [80, 9, 1.616131415653457e-13],
    [49, 49, 0.4731282956547651],
    [150, 49, 3.55741591283189e-12],
    [1100, 999, 0.013818467525532356],
  ] as const) {
    it(`exceeds ${x} with ${degrees} degrees of freedom with probability ${expected}`, () => {
      near(chiSquareSurvival(x, degrees), expected, 1e-11);
    });
  }

  it('has the critical values of the printed tables', () => {
    for (const [alpha, degrees, expected] of [
      [0.05, 1, 3.841],
      [0.05, 2, 5.991],
      [0.01, 9, 21.666],
      [0.001, 30, 59.703],
    ] as const) {
      assert.equal(chiSquareCriticalValue(alpha, degrees).toFixed(3), expected.toFixed(3));
    }
  });

  it('has a critical value that is exceeded with probability alpha', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -12, max: -0.01, noNaN: true }),
        fc.integer({ min: 1, max: 300 }),
        (log, degrees) =>
          near(chiSquareSurvival(chiSquareCriticalValue(10 ** log, degrees), degrees), 10 ** log, 1e-10),
      ),
    );
  });

  it('falls with the value and rises with the degrees of freedom', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 400, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (value, degrees) => {
          const here = chiSquareSurvival(value, degrees);
          assert.ok(chiSquareSurvival(value * 1.01, degrees) <= here);
          assert.ok(chiSquareSurvival(value, degrees + 1) >= here);
        },
      ),
    );
  });
});

describe('noncentral chi-square', () => {
  // R: pchisq(value, degrees, noncentrality, lower.tail = FALSE)
  for (const [value, degrees, noncentrality, expected] of [
    [10, 3, 5, 0.293351352222548],
    [27.6, 2, 56.3, 0.9900792786835034],
    [40, 9, 30, 0.4341375551422167],
    [100, 49, 60, 0.674288369125439],
    [20, 1, 0.5, 0.00008337621303751762],
  ] as const) {
    it(`exceeds ${value} with ${degrees} degrees and noncentrality ${noncentrality} with probability ${expected}`, () => {
      near(noncentralChiSquareSurvival(value, degrees, noncentrality), expected, 1e-9);
    });
  }

  it('is the central one without a noncentrality, and certain with a huge one', () => {
    near(noncentralChiSquareSurvival(12, 3, 0), chiSquareSurvival(12, 3), 1e-15);
    near(noncentralChiSquareSurvival(27.6, 2, 50_000), 1, 1e-9);
  });
});
