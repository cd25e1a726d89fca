import { duration } from '../format.ts';
import { type Html, html } from '../html.ts';
import { linear, logarithmic } from '../plot.ts';
import type { Latency } from './latency.ts';

/*
 * Drawn 360 units wide, so that on the narrowest screen a unit is about a pixel and the text can be read. Arms differ
 * in their dashes as well as in their colour.
 */
const width = 360;
const left = 42;
const right = 350;

type Arm = Latency['blocks'][number]['arm'];
type Ratio = NonNullable<Latency['ratio']['p99']>;

/** The line of an arm, for beside its name. */
export function lineSample(arm: Arm): Html {
  return html`<svg class="line-sample" viewBox="0 0 24 8" aria-hidden="true"><path class="arm ${arm}" d="M0 4H24"/></svg>`;
}

/**
 * Both distributions in one picture: across the time, on a logarithmic axis; up the part of the values that took no
 * longer, where each step (50 %, 90 %, 99 %) is as tall as the tail behind it is thin, so that the tail can be seen.
 */
export function distributions({ histogram, path, baseline }: Latency): Html {
  const [top, bottom] = [12, 172];
  const bounds = histogram.filter(({ count }) => count > 0).map(({ upTo }) => upTo);
  const x = logarithmic(Math.max(Math.min(...bounds) * 0.8, 0.01), Math.max(...bounds) * 1.15, left, right);
  const curves = (['path', 'baseline'] as const).map((arm) =>
    cumulative(histogram.filter((bin) => bin.arm === arm)),
  );
  const most = Math.max(...curves.map(({ values }) => values));
  const nines = Math.min(4, Math.max(1, Math.log10(most)));
  const y = linear(0, nines, bottom, top);
  const height = (part: number) => y.at(part >= 1 ? nines : Math.min(nines, -Math.log10(1 - part)));
  const levels = [0.5, 0.9, 0.99, 0.999, 0.9999].filter((part) => -Math.log10(1 - part) <= nines + 1e-9);
  const line = (points: readonly (readonly [number, number])[]) =>
    points
      .map(
        ([time, part], at) =>
          `${at === 0 ? `M${point(x.at(time))} ${bottom}L` : 'L'}${point(x.at(time))} ${point(height(part))}`,
      )
      .join('');
  return html`<svg class="plot" viewBox="0 0 ${width} 204" role="img" aria-label="Distribution of the times of ${path} and of ${baseline}">
${levels.map((part) => html`<path class="rule" d="M${left} ${point(height(part))}H${right}"/><text class="label" x="${left - 5}" y="${point(height(part) + 3.5)}" text-anchor="end">${Number((part * 100).toFixed(2))} %</text>`)}
${x.ticks.map((tick) => html`<path class="rule" d="M${point(x.at(tick))} ${top}V${bottom}"/><text class="label" x="${point(x.at(tick))}" y="${bottom + 14}" text-anchor="middle">${duration(tick / 1000)}</text>`)}
<path class="axis" d="M${left} ${top}V${bottom}H${right}"/>
${curves.map(({ points }, at) => html`<path class="arm ${at === 0 ? 'path' : 'baseline'}" d="${line(points)}"/>`)}
<text class="label" x="${right}" y="${bottom + 28}" text-anchor="end">time; up: part of the values that took no longer</text>
</svg>`;
}

/** After each bin the part of the values up to its bound. */
function cumulative(bins: Latency['histogram']): {
  values: number;
  points: readonly (readonly [number, number])[];
} {
  const sorted = bins.toSorted((a, b) => a.upTo - b.upTo);
  const values = sorted.reduce((sum, { count }) => sum + count, 0);
  let below = 0;
  const points = sorted.flatMap(({ upTo, count }) => {
    if (count === 0) return [];
    below += count;
    return [[upTo, below / values] as const];
  });
  return { values, points };
}

/** The ratios with their intervals against 1, which is no difference, and against the limit. */
export function ratios({ ratio }: Latency, percent: string): Html {
  const rows = (Object.entries(ratio) as [string, Ratio | undefined][]).flatMap(([name, one]) =>
    one ? [{ name, ...one }] : [],
  );
  const all = [1, ...rows.flatMap(({ low, high, limit }) => [low, high, limit ?? 1])];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const pad = (high - low) * 0.06 || 0.1;
  const x = linear(low - pad, high + pad, left, right);
  const bottom = 18 + rows.length * 28;
  return html`<svg class="plot" viewBox="0 0 ${width} ${bottom + 32}" role="img" aria-label="${rows.map(inWords).join('; ')}">
${x.ticks.map((tick) => html`<path class="rule" d="M${point(x.at(tick))} 14V${bottom}"/><text class="label" x="${point(x.at(tick))}" y="${bottom + 14}" text-anchor="middle">× ${tick}</text>`)}
<path class="axis" d="M${left} ${bottom}H${right}"/><path class="same" d="M${point(x.at(1))} 14V${bottom}"/>
${rows.map((row, at) => {
  const middle = 32 + at * 28;
  const [from, to] = [point(x.at(row.low)), point(x.at(row.high))];
  const tone =
    row.limit === undefined
      ? 'open'
      : row.low > row.limit
        ? 'over'
        : row.high > row.limit
          ? 'across'
          : 'under';
  return html`${row.limit !== undefined && html`<path class="limit" d="M${point(x.at(row.limit))} ${middle - 13}V${middle + 13}"/>${at === 0 && html`<text class="label limit-name" x="${point(x.at(row.limit))}" y="10" text-anchor="${x.at(row.limit) > width / 2 ? 'end' : 'start'}">limit × ${row.limit}</text>`}`}<g class="${tone}"><path class="interval" d="M${from} ${middle}H${to}M${from} ${middle - 5}V${middle + 5}M${to} ${middle - 5}V${middle + 5}"/><circle cx="${point(x.at(row.value))}" cy="${middle}" r="4"/></g><text class="label" x="${left - 8}" y="${middle + 4}" text-anchor="end">${row.name}</text>`;
})}
<text class="label" x="${right}" y="${bottom + 28}" text-anchor="end">path ÷ baseline, ${percent} interval</text>
</svg>`;
}

function inWords({ name, value, low, high, limit }: Ratio & { readonly name: string }): string {
  return `${name}: ${value.toPrecision(3)} times as long, ${low.toPrecision(3)} to ${high.toPrecision(3)}${limit === undefined ? '' : `, limit ${limit}`}`;
}

/** A coordinate with a tenth of a unit. */
function point(value: number): number {
  return Number(value.toFixed(1));
}
