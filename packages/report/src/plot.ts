/** Arithmetic of the plots: where values stand on an axis. */

export interface Axis {
  /** Where a value stands, in the plot's own units. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** A logarithmic axis with ticks at 1, 2 and 5, or at powers of ten alone where those would be too many. */
export function logarithmic(low: number, high: number, from: number, to: number): Axis {
  const [a, b] = [Math.log10(low), Math.log10(high)];
  const at = (value: number) => from + ((Math.log10(value) - a) / (b - a || 1)) * (to - from);
  const decades = Array.from({ length: Math.ceil(b) - Math.floor(a) + 1 }, (_, step) => Math.floor(a) + step);
  const steps = b - a > 2.5 ? [1] : [1, 2, 5];
  const ticks = decades.flatMap((decade) => steps.map((step) => step * 10 ** decade));
  return { at, ticks: ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001) };
}

/** A linear axis with a handful of round ticks. */
export function linear(low: number, high: number, from: number, to: number): Axis {
  const span = high - low || 1;
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return {
    at: (value) => from + ((value - low) / span) * (to - from),
    // Multiplied and rounded, because a sum of tenths is not a tenth.
    ticks: Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12))),
  };
}
