import type { Endpoint } from './endpoint.ts';
import type { Judge } from './judge.ts';

/** One millionth of a second. */
export type Microseconds = number;

/** Who asks whom. */
export interface Route {
  readonly source: Endpoint;
  readonly target: Endpoint;
}

export const arms = ['path', 'baseline'] as const;
export type Arm = (typeof arms)[number];

/** `new`: each request opens a connection of its own. `kept`: all go over one that is open. */
export const connections = ['new', 'kept'] as const;
export type Connections = (typeof connections)[number];

export interface LatencyPlan {
  /** The sources of both must be on one machine: the arms take turns by its clock. */
  readonly routes: Readonly<Record<Arm, Route>>;
  /** In words, for each arm: `pod → pod, other node`. */
  readonly names: Readonly<Record<Arm, string>>;
  /** The path may take so many times as long as the baseline. */
  readonly limit: number;
}

export interface Quantiles {
  readonly p50: Microseconds;
  readonly p90: Microseconds;
  readonly p95: Microseconds;
  readonly p99: Microseconds;
  readonly max: Microseconds;
}

/** The requests of one turn of one arm. */
export interface Block {
  readonly arm: Arm;
  readonly n: number;
  readonly quantiles: Quantiles;
}

/** Something that was watched so that noise is not taken for latency. */
export interface Guard {
  readonly name: string;
  readonly value: string;
  readonly ok: boolean;
}

/** How many times as long the path took as its baseline: the median over pairs of turns, and its interval. */
export interface Ratio {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly limit: number;
  /** The smallest delay that, added to every request of the path, would have put the interval above the limit. */
  readonly finds: Microseconds;
}

/** A path against its baseline, measured in turns, over one kind of connections. */
export interface Comparison {
  readonly path: string;
  readonly baseline: string;
  readonly connections: Connections;
  /** In the order in which they were measured. */
  readonly blocks: readonly Block[];
  /** Of medians; absent where too few pairs of turns were measured for the confidence. */
  readonly ratio?: Ratio;
  readonly confidence: number;
  readonly histogram: readonly { readonly arm: Arm; readonly upTo: Microseconds; readonly count: number }[];
  readonly guards: readonly Guard[];
  /** For each turn that lost a request, what came instead of the target's answer. */
  readonly lost: Readonly<Record<Arm, readonly string[]>>;
}

/** Load: what `packages/load` offers to checks. */
export interface Load {
  /** Rejects where the load could not be made, which says nothing of the network. */
  compare(plan: LatencyPlan): Promise<readonly Comparison[]>;
}

/** A measurement that would have missed this much is too noisy to call a network right. */
export const mustFind: Microseconds = 5_000;

/** A single loss may be the machine's; a path that loses in so many turns while its baseline never does is broken. */
export const enoughLost = 3;

/**
 * The path must answer every request and must not be slower than its limit. Broken guards, an interval that
 * holds the limit and a measurement too coarse for {@link mustFind} decide nothing, in neither direction.
 */
export function judgeLatency(judge: Judge, comparison: Comparison): void {
  const { path, baseline, ratio, guards, lost, blocks } = comparison;
  const broken = guards.filter(({ ok }) => !ok).map(({ name, value }) => `${name}: ${value}`);
  const noise = broken.length === 0 ? '' : ` (${broken.join('; ')})`;
  const [onPath, onBaseline] = [lost.path[0], lost.baseline[0]];
  const turns = blocks.filter(({ arm }) => arm === 'path').length;
  if (onBaseline !== undefined) {
    judge.inconclusive(`${baseline}: a request was lost, so it is no baseline for ${path}: ${onBaseline}`);
  } else if (onPath !== undefined) {
    const text = `${path}: a request was lost in ${lost.path.length} turns, and none on ${baseline}: ${onPath}${noise}`;
    if (noise === '' && lost.path.length >= enoughLost) judge.holds(false, text);
    else judge.inconclusive(text);
  } else if (ratio === undefined) {
    judge.inconclusive(`${path}: ${turns} turns do not suffice for an interval${noise}`);
  } else if (noise !== '') {
    judge.inconclusive(`${path}: ${words(ratio)}, measured in noise${noise}`);
  } else if (ratio.low > ratio.limit) {
    judge.holds(false, `${path}: ${words(ratio)}`);
  } else if (!(ratio.high < ratio.limit)) {
    judge.inconclusive(`${path}: ${words(ratio)}, which decides nothing`);
  } else if (ratio.finds > mustFind) {
    judge.inconclusive(
      `${path}: ${words(ratio)}, but less than ${ms(ratio.finds)} more would not have been found`,
    );
  } else {
    judge.holds(true, '');
  }
}

/** The figures of all comparisons, for the report. */
export function latencyTable(comparisons: readonly Comparison[]) {
  return {
    title: 'Time to an answer against the baseline, medians over turns',
    columns: ['path', 'path (ms)', 'baseline (ms)', 'ratio', 'interval', 'limit', 'would have found'],
    rows: comparisons.map(({ path, blocks, ratio }) => [
      path,
      middle(blocks, 'path'),
      middle(blocks, 'baseline'),
      ratio?.value.toFixed(2) ?? '',
      ratio ? `${ratio.low.toFixed(2)} – ${ratio.high.toFixed(2)}` : '',
      ratio?.limit ?? '',
      ratio ? `+${ms(ratio.finds)}` : '',
    ]),
  };
}

function middle(blocks: readonly Block[], arm: Arm): string {
  const medians = blocks.filter((block) => block.arm === arm).map(({ quantiles }) => quantiles.p50);
  const sorted = medians.toSorted((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length / 2)];
  return value === undefined ? '' : (value / 1000).toFixed(3);
}

function words({ value, low, high, limit }: Ratio): string {
  return `${value.toFixed(2)} times its baseline (${low.toFixed(2)} to ${high.toFixed(2)}), limit ${limit}`;
}

function ms(time: Microseconds): string {
  return `${(time / 1000).toFixed(2)} ms`;
}
