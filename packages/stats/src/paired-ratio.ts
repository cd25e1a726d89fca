import { medianInterval } from './median-interval.ts';
import { quantile } from './quantile.ts';

/** Two measurements next to each other in time. Both are above 0. */
export interface Pair {
  readonly path: number;
  readonly baseline: number;
}

export interface PairedRatio {
  /** The median of path / baseline over all pairs. */
  readonly value: number;
  /** The interval that holds the true median with the confidence. */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  /** The smallest amount that, added to every path, would have put the whole interval above the limit. */
  readonly finds: number;
}

/**
 * How many times as much the path is as its baseline. Drift of the machine is common to both halves of a pair and
 * cancels; of the pairs only independence is assumed.
 *
 * @returns undefined where there are too few pairs for the confidence
 */
export function pairedRatio(
  pairs: readonly Pair[],
  { confidence, limit }: { readonly confidence: number; readonly limit: number },
): PairedRatio | undefined {
  const interval = medianInterval(pairs.length, confidence);
  if (interval === undefined) return undefined;
  const ratios = pairs.map(({ path, baseline }) => path / baseline).toSorted((a, b) => a - b);
  // (path + d) / baseline > limit exactly where d > limit × baseline - path: sorted, the same ranks count.
  const missing = pairs.map(({ path, baseline }) => limit * baseline - path).toSorted((a, b) => a - b);
  return {
    value: quantile(ratios, 0.5),
    low: ratios.at(interval.rank - 1) ?? Number.NaN,
    high: ratios.at(-interval.rank) ?? Number.NaN,
    confidence: interval.confidence,
    finds: Math.max(0, missing.at(-interval.rank) ?? Number.NaN),
  };
}
