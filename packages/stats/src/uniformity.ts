import { exitCode, NetproofError, type Statistic } from '@netproof/core';
import { chiSquareSurvival } from './chi-square.ts';
import { power } from './sample-size.ts';

/** Below 5 expected connections each, the statistic does not follow the chi-square distribution (Cochran 1954). */
const leastExpected = 5;

/**
 * Pearson's chi-square test that every backend had the same chance of each connection.
 *
 * Only the upper tail counts: a scheduler that takes turns is more even than chance, and that is not wrong.
 * The connections must be independent of each other (a new source port each, no affinity).
 *
 * @param counts connections that each backend got, backends that got none included
 * @param options accepted rate of false alarms, and the relative excess of one backend whose chance of being
 * found goes into `detects`
 * @throws NetproofError `TOO_FEW_SAMPLES` (a defect of the check) for fewer than 2 backends or 5 connections each
 */
export function uniformity(
  counts: readonly number[],
  { alpha, effect }: { readonly alpha: number; readonly effect: number },
): Statistic {
  const samples = counts.reduce((sum, count) => sum + count, 0);
  const backends = counts.length;
  const expected = samples / backends;
  if (backends < 2 || expected < leastExpected) {
    throw new NetproofError(`${samples} connections to ${backends} backends cannot be judged by chi-square`, {
      code: 'TOO_FEW_SAMPLES',
      exit: exitCode.defect,
      hint: `needs at least 2 backends and ${leastExpected} connections for each; sampleSize() says how many find a defect`,
    });
  }
  const value = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const found = power({ backends, alpha, effect, samples });
  return {
    name: 'chi-square against equal shares',
    value,
    degreesOfFreedom: backends - 1,
    p: chiSquareSurvival(value, backends - 1),
    alpha,
    samples,
    detects: `one backend preferred by ${percent(effect)} is found with probability ${floored(found)}`,
  };
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** Rounded down, so that 0.989 is never called 0.99 nor 0.999 certain. */
function floored(probability: number): string {
  return (Math.floor(probability * 1000 + 1e-9) / 1000).toString();
}
