import { Judge, type NewEvent } from '@netproof/core';
import { finished } from './runs.ts';

/** What checks of latency write into a journal. */

type Latency = Extract<NewEvent, { event: 'latency' }>;

interface Slow {
  readonly factor: number;
  readonly limit: number;
  readonly noisy?: boolean;
  readonly path?: string;
  readonly baseline?: string;
}

/** One path that takes `factor` times as long as its baseline, measured in six blocks in turns. */
export function latencyRun(check: string, slow: Slow): readonly NewEvent[] {
  const judge = new Judge();
  const event = latencyEvent(check, slow);
  const { p50 } = event.ratio;
  judge.holds(
    p50.low <= slow.limit,
    `a new connection took ${p50.value} times as long as the baseline, more than ${slow.limit}`,
  );
  if (slow.noisy) judge.inconclusive('the machine was too busy to judge: 14 % of its time was stolen');
  return [{ event: 'check-started', check }, event, finished(judge, 21_400, { check })];
}

export function latencyEvent(check: string, { factor, limit, noisy = false, path, baseline }: Slow): Latency {
  const times = { path: 118 * factor, baseline: 118 };
  const spread = noisy ? 0.9 : 0.3;
  const block = (arm: 'path' | 'baseline', at: number) => {
    const p50 = times[arm] * (1 + 0.03 * Math.sin(at + (arm === 'path' ? 1 : 0)));
    return {
      arm,
      n: 4_000,
      quantiles: {
        p50,
        p90: p50 * (1 + spread),
        p95: p50 * (1 + 1.6 * spread),
        p99: p50 * (1 + 5 * spread),
        max: p50 * (9 + at),
      },
    };
  };
  const bounds = Array.from({ length: 40 }, (_, at) => 40 * 1.18 ** at);
  const bins = (['path', 'baseline'] as const).flatMap((arm) => {
    // A logistic in the logarithm, with a tail that is heavier above.
    const below = (time: number) => {
      const z = Math.log(time / times[arm]) / (time > times[arm] ? spread * 0.7 : spread * 0.4);
      return 1 / (1 + Math.exp(-z));
    };
    return bounds.map((upTo, at) => ({
      arm,
      upTo: Number(upTo.toFixed(1)),
      count: Math.round(12_000 * (below(upTo) - (at === 0 ? 0 : below(bounds[at - 1]!)))),
    }));
  });
  const width = noisy ? 0.4 : 0.04;
  const round = (value: number) => Number(value.toPrecision(3));
  return {
    event: 'latency',
    check,
    path: path ?? 'pod → pod, other node, new connections',
    baseline: baseline ?? 'node → node, new connections',
    blocks: [0, 1, 2, 3, 4, 5].map((at) => block(at % 2 === 0 ? 'path' : 'baseline', at)),
    ratio: {
      p50: {
        value: round(factor),
        low: round(factor * (1 - width)),
        high: round(factor * (1 + width)),
        limit,
      },
      p99: {
        value: round(factor * 1.1),
        low: round(factor * (1.1 - 2 * width)),
        high: round(factor * (1.1 + 2.5 * width)),
      },
    },
    confidence: 0.99,
    histogram: bins,
    guards: [
      { name: 'CPU throttling', value: '0 periods', ok: true },
      { name: 'stolen time', value: noisy ? '14 %' : '0.2 %', ok: !noisy },
      { name: 'TCP retransmits', value: '0', ok: true },
    ],
  };
}
