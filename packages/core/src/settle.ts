import { setImmediate as immediately } from 'node:timers/promises';
import type { Milliseconds } from './bounds.ts';
import { exitCode, NetproofError } from './error.ts';
import type { Settled } from './ports.ts';

interface SettlePlan<T> {
  /** What is waited for, for the error: `x/web answers from all 3 backends`. */
  readonly until: string;
  readonly bound: Milliseconds;
  readonly sample: () => Promise<T>;
  readonly settled: (value: T) => boolean;
  /** How many samples in a row must agree. */
  readonly inARow?: number;
  /** What the last sample showed, for the error. */
  readonly show: (value: T) => string;
}

/**
 * Samples, one after the other, until enough samples in a row are as they should be.
 * There is no pause between samples: a sample of a network takes its own time. One that takes none, because there is
 * nobody left to ask, must not keep signals and timers from being heard.
 *
 * @throws NetproofError `NOT_SETTLED` when the bound has passed, with the last sample.
 */
export async function settle<T>(plan: SettlePlan<T>): Promise<Settled<T>> {
  const start = performance.now();
  let inARow = 0;
  for (let samples = 1; ; samples += 1) {
    const last = await plan.sample();
    const ms = performance.now() - start;
    inARow = plan.settled(last) ? inARow + 1 : 0;
    if (inARow >= (plan.inARow ?? 1)) return { last, samples, ms };
    await immediately();
    if (ms > plan.bound) {
      throw new NetproofError(
        `not within ${plan.bound / 1000} s: ${plan.until}; last of ${samples} samples: ${plan.show(last)}`,
        { code: 'NOT_SETTLED', exit: exitCode.defect },
      );
    }
  }
}
