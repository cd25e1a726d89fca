import { chiSquareCriticalValue, crossing, noncentralChiSquareSurvival } from './chi-square.ts';

/**
 * The defect that a test for equal shares looks for, and its accepted rate of false alarms.
 * One of `backends` gets (1 + `effect`) times its equal share, the others what is left, evenly.
 */
interface Defect {
  /** How many share the connections, at least 2. */
  readonly backends: number;
  /** Accepted rate of false alarms, 0 < alpha < 1. */
  readonly alpha: number;
  /** Relative excess of the preferred backend: 0.1 is 10 % more than its share. */
  readonly effect: number;
}

export interface SampleSizePlan extends Defect {
  /** Probability with which the defect is to be found, alpha < power < 1. */
  readonly power: number;
}

/** The smallest number of independent connections in which the defect is found with probability `power`. */
export function sampleSize({ power, ...defect }: SampleSizePlan): number {
  const critical = chiSquareCriticalValue(defect.alpha, defect.backends - 1);
  const noncentrality = crossing(
    (lambda) => noncentralChiSquareSurvival(critical, defect.backends - 1, lambda) >= power,
  );
  return Math.ceil(noncentrality / noncentralityPerSample(defect));
}

/** Probability with which this many independent connections show the defect. */
export function power({ samples, ...defect }: Defect & { readonly samples: number }): number {
  const critical = chiSquareCriticalValue(defect.alpha, defect.backends - 1);
  return noncentralChiSquareSurvival(critical, defect.backends - 1, samples * noncentralityPerSample(defect));
}

/** Sum of (p - 1/n)² / (1/n) over the shares p of the defect: Cohen's w², here effect² / (n - 1). */
function noncentralityPerSample({ backends, effect }: Defect): number {
  return effect ** 2 / (backends - 1);
}
