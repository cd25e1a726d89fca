import { interrupted } from '@netproof/core';

/**
 * Does the work, and no more of it once somebody interrupts: what was begun is left behind.
 *
 * @throws NetproofError `INTERRUPTED` (exit 130)
 */
export async function untilInterrupted<T>(work: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(interrupted());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    return await Promise.race([work(), promise]);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}
