import { duration, number } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import type { ClusterFacts, Outcome } from '../model.ts';
import { distributions, lineSample, ratios } from './latency-plot.ts';
import { shorten, table } from './parts.ts';

export type Latency = Outcome['latencies'][number];
type Block = Latency['blocks'][number];
type Quantile = keyof Block['quantiles'];

const quantiles = ['p50', 'p90', 'p95', 'p99', 'max'] as const satisfies readonly Quantile[];
const arms = ['path', 'baseline'] as const;

/** What each path took against its baseline: quantiles, the ratio with its interval, both distributions. */
export function latencies({ latencies }: Outcome, cluster: ClusterFacts | undefined): Html {
  const named = latencies.map((one) => ({
    ...one,
    path: shorten(one.path, cluster),
    baseline: shorten(one.baseline, cluster),
  }));
  return html`${named.map(latency)}`;
}

function latency(one: Latency): Html {
  const { path, blocks, confidence, histogram } = one;
  const several = arms.some((arm) => blocks.filter((block) => block.arm === arm).length > 1);
  const percent = `${number(Number((confidence * 100).toPrecision(4)))} %`;
  return html`<div class="latency"><h5>Latency: ${path}</h5>
${byArm(one)}
<p class="note">Beside a ratio stands the interval that holds it with ${percent} confidence.${
    several &&
    ' A quantile is the median of those of the blocks, which were measured in turns; max is the largest.'
  }</p>
<div class="plots">${histogram.length > 0 && distributions(one)}${ratios(one, percent)}</div>
${guards(one)}
${blocks.length > 2 && eachBlock(blocks)}</div>`;
}

/** Quantiles down, arms across, so that it fits a narrow screen. */
function byArm(one: Latency): Html {
  const own = (arm: Block['arm']) => one.blocks.filter((block) => block.arm === arm);
  const values = (arm: Block['arm']) => number(own(arm).reduce((sum, { n }) => sum + n, 0));
  const ratio = (which: Quantile) => (which === 'p50' || which === 'p99' ? times(one.ratio[which]) : '');
  return html`<div class="arms">${table(
    `Latency of ${one.path}`,
    [
      [''],
      ...arms.map((arm) => [html`${lineSample(arm)} ${one[arm]}`, 'figure'] as const),
      ['path ÷ baseline', 'figure'],
    ],
    [
      ['values', ...arms.map(values), ''],
      ...quantiles.map((which) => [
        which,
        ...arms.map((arm) => micros(ofBlocks(own(arm), which))),
        ratio(which),
      ]),
    ],
  )}</div>`;
}

/** A check's latencies, each in a line: `pod → pod, other node: × 1.60 (1.54 to 1.66, limit 3.00)`. */
export function latencyGist({ latencies }: Outcome, cluster: ClusterFacts): Html {
  return html`${latencies.map(({ path, ratio: { p50 } }, at) => {
    const limit = p50.limit === undefined ? '' : `, limit ${figures(p50.limit)}`;
    return html`${at > 0 && html`<br>`}${shorten(path, cluster)}: <b>× ${figures(p50.value)}</b> (${figures(p50.low)} to ${figures(p50.high)}${limit})`;
  })}`;
}

function times(ratio: Latency['ratio']['p99']): Content {
  if (ratio === undefined) return '';
  const { value, low, high, limit } = ratio;
  return html`<strong>× ${figures(value)}</strong><br><span class="sub">${figures(low)} to ${figures(high)}</span>${limit !== undefined && html`<br><span class="sub">limit ${figures(limit)}</span>`}`;
}

function guards({ guards }: Latency): Html | undefined {
  if (guards.length === 0) return undefined;
  return html`<ul class="guards" aria-label="Guards against noise">${guards.map(
    ({ name, value, ok }) =>
      html`<li${!ok && html` class="breached"`}><span aria-hidden="true">${ok ? '✓' : '✗'}</span> ${name}: ${value}${!ok && html` <strong>too noisy to judge</strong>`}</li>`,
  )}</ul>`;
}

function eachBlock(blocks: readonly Block[]): Html {
  return html`<details><summary>Each of ${blocks.length} blocks, as they were measured</summary>${table(
    'Blocks',
    [['Block'], ['Arm'], ['Values', 'figure'], ...quantiles.map((which) => [which, 'figure'] as const)],
    blocks.map(({ arm, n, quantiles: own }, at) => [
      at + 1,
      arm,
      number(n),
      ...quantiles.map((which) => micros(own[which])),
    ]),
  )}</details>`;
}

/** The median of the blocks' quantiles; of the largest values the largest. */
function ofBlocks(blocks: readonly Block[], which: Quantile): number {
  const values = blocks.map(({ quantiles }) => quantiles[which]).toSorted((a, b) => a - b);
  if (which === 'max') return values.at(-1) ?? Number.NaN;
  if (values.length === 0) return Number.NaN;
  const middle = Math.floor(values.length / 2);
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}

function micros(value: number): string {
  return Number.isNaN(value) ? '–' : duration(value / 1000);
}

function figures(value: number): string {
  return value.toPrecision(3);
}
