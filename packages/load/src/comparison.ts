import {
  type Arm,
  arms,
  type Block,
  type Comparison,
  type Connections,
  type LatencyPlan,
} from '@netproof/core';
import { pairedRatio, quantile } from '@netproof/stats';
import type { Turn } from './arm.ts';
import { guardsOf, type Noise } from './noise.ts';
import { losses, median, paired } from './pairs.ts';

/** The last look: a machine that is not at rest by then is too noisy. */
export const mostPairs = 64;
/**
 * Pairs of turns after which a comparison is looked at. What a machine does for a second blurs sixteen pairs, and is
 * little among sixty-four.
 */
export const looks: readonly number[] = [16, 32, mostPairs];
/**
 * Of the interval at each look, both tails together: over all looks 99 % (Bonferroni), so that looking again makes
 * nothing likelier. A right network is red with at most half of what is left.
 */
const confidence = 1 - 0.01 / looks.length;
/** Each bin of the histogram ends so many times further out than the one before. */
const binWidth = 2 ** 0.25;

const names: Readonly<Record<Connections, string>> = { new: 'new connections', kept: 'kept connections' };

/** All that was measured over one kind of connections. */
export function comparison(
  kind: Connections,
  plan: LatencyPlan,
  turns: Readonly<Record<Arm, readonly Turn[]>>,
  noises: readonly Noise[],
  wanted: number,
): Comparison {
  const pairs = paired(turns.path, turns.baseline, kind).slice(0, wanted);
  const medians = pairs.map(({ path, baseline }) => ({
    path: median(path[kind].times),
    baseline: median(baseline[kind].times),
  }));
  const ratio = pairedRatio(medians, { confidence, limit: plan.limit });
  const inOrder = arms
    .flatMap((arm) => pairs.map((pair) => ({ arm, turn: pair[arm] })))
    .toSorted((a, b) => a.turn.turn - b.turn.turn);
  const lost = { path: losses(turns.path, kind), baseline: losses(turns.baseline, kind) };
  const complete = pairs.length >= wanted || lost.path.length + lost.baseline.length > 0;
  // Of all its turns: where the path lost every request there are no pairs, and the baseline must speak for itself.
  const baseline = turns.baseline.map((turn) => turn[kind].times).filter(({ length }) => length > 0);
  return {
    path: `${plan.names.path}, ${names[kind]}`,
    baseline: `${plan.names.baseline}, ${names[kind]}`,
    connections: kind,
    blocks: inOrder.map(({ arm, turn }) => block(arm, turn[kind].times)),
    ...(ratio && {
      ratio: { value: ratio.value, low: ratio.low, high: ratio.high, limit: plan.limit, finds: ratio.finds },
    }),
    confidence: ratio?.confidence ?? confidence,
    histogram: arms.flatMap((arm) =>
      histogram(pairs.flatMap((pair) => pair[arm][kind].times)).map((bin) => ({ arm, ...bin })),
    ),
    guards: [
      { name: 'pairs of turns', value: `${pairs.length} of ${wanted}`, ok: complete },
      ...guardsOf(noises, baseline.map(median)),
    ],
    lost,
  };
}

function block(arm: Arm, times: readonly number[]): Block {
  const at = (share: number) => quantile(times, share);
  return {
    arm,
    n: times.length,
    quantiles: { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), max: at(1) },
  };
}

/** Bins of equal width on a logarithmic scale; those without values are left out. */
export function histogram(times: readonly number[]): { upTo: number; count: number }[] {
  const bins = new Map<number, number>();
  for (const time of times) {
    const bin = Math.ceil(Math.log(Math.max(1, time)) / Math.log(binWidth));
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  return [...bins]
    .toSorted(([a], [b]) => a - b)
    .map(([bin, count]) => ({ upTo: Math.round(binWidth ** bin), count }));
}
