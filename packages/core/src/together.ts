import { explain, NetproofError, worstExit } from './error.ts';

/**
 * What all come to. What is refused is said of all at once.
 *
 * @param several.code of an error that tells of several; without it, that of the first
 * @param several.hint what to do then; without it what each says of itself
 * @throws what one threw as it is, a defect before all; NetproofError with what is wrong with several, and the worst exit
 */
export async function together<const T extends readonly unknown[]>(
  works: T,
  several: { readonly code?: string; readonly hint?: string } = {},
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(works);
  const thrown = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const told = thrown.filter((error) => error instanceof NetproofError);
  const [defect] = thrown.filter((error) => !(error instanceof NetproofError));
  if (defect !== undefined) throw defect;
  const [first] = told;
  // What several share, as a file, is told once.
  const messages = new Set(told.map(explain));
  if (first !== undefined && messages.size > 1) {
    const hints = new Set(told.flatMap(({ hint }) => hint ?? []));
    const hint = several.hint ?? [...hints].join('\n  ');
    throw new NetproofError([...messages].join('\n'), {
      code: several.code ?? first.code,
      exit: worstExit(told.map(({ exit }) => exit)) as NetproofError['exit'],
      ...(hint !== '' && { hint }),
    });
  }
  return Promise.all(works);
}
