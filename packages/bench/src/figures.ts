/** Middle of the values; the mean of the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const low = sorted[Math.ceil(half) - 1];
  const high = sorted[Math.floor(half)];
  if (low === undefined || high === undefined) throw new Error('no median of no values');
  return (low + high) / 2;
}

/** `116 ms median (88–278, 30 runs)`. */
export function spread(values: readonly number[], unit = 'ms', digits = 0): string {
  const show = (value: number) => value.toFixed(digits);
  return `${show(median(values))} ${unit} median (${show(Math.min(...values))}–${show(Math.max(...values))}, ${values.length} runs)`;
}
