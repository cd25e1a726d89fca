import { logGamma, upperGamma } from './gamma.ts';

/** Probability that a chi-square variable exceeds `value` ≥ 0, for a whole number ≥ 1 of degrees of freedom. */
export function chiSquareSurvival(value: number, degreesOfFreedom: number): number {
  return upperGamma(degreesOfFreedom / 2, value / 2);
}

/** The value that a chi-square variable exceeds with probability `alpha`, 0 < `alpha` < 1. */
export function chiSquareCriticalValue(alpha: number, degreesOfFreedom: number): number {
  return crossing((value) => chiSquareSurvival(value, degreesOfFreedom) <= alpha);
}

/**
 * Probability that a noncentral chi-square variable exceeds `value` > 0: the sum of central ones with
 * `degreesOfFreedom` + 2j degrees, weighted by the Poisson probability of j at mean `noncentrality` / 2
 * (https://en.wikipedia.org/wiki/Noncentral_chi-squared_distribution).
 */
export function noncentralChiSquareSurvival(
  value: number,
  degreesOfFreedom: number,
  noncentrality: number,
): number {
  const mean = noncentrality / 2;
  const a = degreesOfFreedom / 2;
  const x = value / 2;
  let central = upperGamma(a, x);
  let logStep = a * Math.log(x) - x - logGamma(a + 1);
  let logWeight = -mean;
  let summed = 0;
  let weights = 0;
  // Weights are kept as logarithms: exp(-mean) is 0 beyond 745, where their sum is still to come.
  for (let j = 0; central < 1; j += 1) {
    const weight = Math.exp(logWeight);
    if (j > mean && weight <= summed * Number.EPSILON) return summed;
    summed += weight * central;
    weights += weight;
    // Q(a + 1, x) = Q(a, x) + x^a e^-x / Γ(a + 1)
    central += Math.exp(logStep);
    logStep += Math.log(x / (a + j + 1));
    logWeight += Math.log(mean / (j + 1));
  }
  // The central ones have reached 1, so all the weights that are left count in full.
  return Math.min(1, summed + Math.max(0, 1 - weights));
}

/** The smallest double > 0 for which a condition holds that stays true once it is true, by bisection. */
export function crossing(holds: (value: number) => boolean): number {
  let high = 1;
  while (!holds(high)) high *= 2;
  let low = high === 1 ? 0 : high / 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return high;
    if (holds(middle)) high = middle;
    else low = middle;
  }
}
