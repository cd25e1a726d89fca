import type { Guard } from '@netproof/core';
import { quantile } from '@netproof/stats';

/*
 * The load average is not among it: at 25 processes waiting for each CPU the turns still agreed within 20 %, and
 * where they do not, the spread of the baseline shows it.
 */

/** What took time away from k6 while it ran. */
export interface Noise {
  /** How often its container was throttled (cgroup's nr_throttled). */
  readonly throttled: number;
  /** The share of the machine's time that its hypervisor gave to others (proc_stat(5), steal). */
  readonly stolen: number;
}

/** Beyond it the machine's clock runs while we do not. */
const mostStolen = 0.1;
/** The third quartile of the baseline's turns over its first. */
const mostSpread = 4;

/** The noise between two lines that command.ts makes. */
export function noiseOf(before: string, after: string): Noise {
  const [from, to] = [read(before), read(after)];
  return {
    throttled: to.throttled - from.throttled,
    stolen: (to.steal - from.steal) / Math.max(1, to.total - from.total),
  };
}

function read(line: string): { throttled: number; steal: number; total: number } {
  const ticks = (/ cpu +([\d ]+)/.exec(line)?.[1] ?? '').trim().split(' ').map(Number);
  // user nice system idle iowait irq softirq steal; the guests' time after them is in user's already
  const counted = ticks.slice(0, 8);
  return {
    throttled: Number(/ nr_throttled (\d+)/.exec(line)?.[1] ?? Number.NaN),
    steal: counted[7] ?? Number.NaN,
    total: counted.reduce((sum, one) => sum + one, 0),
  };
}

/**
 * The guards of one comparison.
 *
 * @param noises of both arms; none while they run
 * @param baseline medians of the baseline's turns
 */
export function guardsOf(noises: readonly Noise[], baseline: readonly number[]): readonly Guard[] {
  const throttled = noises.reduce((sum, noise) => sum + noise.throttled, 0);
  const stolen = Math.max(0, ...noises.map((noise) => noise.stolen));
  const spread = quantile(baseline, 0.75) / quantile(baseline, 0.25);
  // Written so that what is no number is not ok.
  return [
    { name: 'k6 was throttled', value: `${throttled} times`, ok: throttled === 0 },
    { name: 'time stolen', value: `${(100 * stolen).toFixed(1)} %`, ok: stolen <= mostStolen },
    { name: "spread of the baseline's turns", value: spread.toFixed(2), ok: spread <= mostSpread },
  ];
}
