import { exitCode, explain, NetproofError } from '@netproof/core';

/**
 * What all come to. What is refused is said of all at once.
 *
 * @throws NetproofError of one as it is, `RUNS_UNREADABLE` (exit 2) with what is wrong with several
 */
export async function together<T>(works: readonly Promise<T>[], hint: string): Promise<readonly T[]> {
  const settled = await Promise.allSettled(works);
  const bad = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const [defect] = bad.filter((error) => !(error instanceof NetproofError));
  if (defect !== undefined) throw defect;
  if (bad.length === 1) throw bad[0];
  if (bad.length > 1) {
    throw new NetproofError(bad.map(explain).join('\n'), {
      code: 'RUNS_UNREADABLE',
      exit: exitCode.usage,
      hint,
    });
  }
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
