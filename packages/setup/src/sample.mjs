// @ts-check
import { setInterval } from 'node:timers/promises';

/** Between two samples: short against what is waited for, long against what a sample costs. */
const interval = 50;

/**
 * Samples a condition until it holds.
 *
 * @param {() => boolean | Promise<boolean>} holds
 * @param {number} bound milliseconds after which the condition counts as not coming
 * @returns {Promise<boolean>} whether it came to hold
 */
export async function sampledUntil(holds, bound) {
  if (await holds()) return true;
  for await (const start of setInterval(interval, performance.now())) {
    if (await holds()) return true;
    if (performance.now() - start > bound) return false;
  }
  return false;
}
