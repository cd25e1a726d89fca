import { NetproofError } from '@netproof/core';

/**
 * Awaits all, and tells all that is wrong at once.
 *
 * @throws the NetproofError where there is one, and one of the first's kind with the words of all where there are
 * several; a defect before any of them
 */
export async function allOf<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  const ended = await Promise.allSettled(work);
  const thrown = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const problems = thrown.filter((one) => one instanceof NetproofError);
  const [first] = problems;
  if (problems.length < thrown.length) throw thrown.find((one) => !(one instanceof NetproofError));
  if (first === undefined) return ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  // Of a file that several share.
  const messages = new Set(problems.map(({ message }) => message));
  if (messages.size === 1) throw first;
  const hints = new Set(problems.flatMap(({ hint }) => (hint === undefined ? [] : [hint])));
  throw new NetproofError([...messages].join('\n'), {
    code: first.code,
    exit: first.exit,
    ...(hints.size > 0 && { hint: [...hints].join('\n  ') }),
  });
}
