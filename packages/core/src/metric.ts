/** A number that a check measured. It is shown; whether it is good nobody says. */
export interface Metric {
  /** Unique in its check: `deny, p50`. */
  readonly name: string;
  readonly unit: 'ms' | '%';
  readonly value: number;
}

/** What a fault adds to metrics of a check, by the metrics' names and in their units. */
export type Shift = Readonly<Record<string, number>>;

/** How a metric came out under a fault that must move it. */
export interface Move {
  readonly metric: string;
  readonly unit: Metric['unit'];
  /** What it must have moved by. */
  readonly by: number;
  /** Without the fault, and under it; absent where it was not measured. */
  readonly was?: number | undefined;
  readonly is?: number | undefined;
  readonly asExpected: boolean;
}

/** A metric has noise of its own, without the fault as under it: so great a part of a shift may be missing or too much. */
const tolerance = 0.25;

/** Holds metrics that were measured under a fault against those without it. */
export function movesOf(shift: Shift, without: readonly Metric[], under: readonly Metric[]): readonly Move[] {
  return Object.entries(shift).map(([metric, by]): Move => {
    const of = (all: readonly Metric[]) => all.find(({ name }) => name === metric);
    const [before, now] = [of(without), of(under)];
    const missed = Math.abs((now?.value ?? Number.NaN) - (before?.value ?? Number.NaN) - by);
    return {
      metric,
      unit: now?.unit ?? before?.unit ?? 'ms',
      by,
      ...(before && { was: before.value }),
      ...(now && { is: now.value }),
      // Written so that what is no number is not as expected.
      asExpected: missed <= tolerance * Math.abs(by),
    };
  });
}

/** `deny, p50: 74 → 2081 ms`. */
export function describeMove({ metric, unit, was, is }: Move): string {
  const shown = (value: number | undefined) => (value === undefined ? 'not measured' : Math.round(value));
  return `${metric}: ${shown(was)} → ${shown(is)} ${unit}`;
}
