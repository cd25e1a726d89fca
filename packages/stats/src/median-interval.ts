/** Which values bound an interval for the median: the `rank`-th smallest and the `rank`-th largest. */
export interface MedianInterval {
  /** From 1. */
  readonly rank: number;
  /** The probability with which the interval holds the median, at least what was asked for. */
  readonly confidence: number;
}

/**
 * The narrowest interval of order statistics that holds the median with the given confidence. The sign test turned
 * around: it takes values to be independent and nothing else, so outliers and any shape are welcome.
 *
 * @param count how many independent values there are, up to 1000
 * @returns undefined where so few values cannot give that confidence
 */
export function medianInterval(count: number, confidence: number): MedianInterval | undefined {
  // The interval misses to one side when fewer than `rank` of all values are on the other side of the median.
  let term = 2 ** -count;
  let missed = 0;
  let found: MedianInterval | undefined;
  for (let below = 0; 2 * below + 1 < count; below += 1) {
    missed += term;
    if (1 - 2 * missed < confidence) break;
    found = { rank: below + 1, confidence: 1 - 2 * missed };
    term *= (count - below) / (below + 1);
  }
  return found;
}
