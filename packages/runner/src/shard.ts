import { type Check, exitCode, NetproofError, type Shard } from '@netproof/core';

/**
 * Reads `2/3`.
 *
 * @throws RangeError with the reason, where it names no share
 */
export function shardFrom(text: string): Shard {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || of === undefined) throw new RangeError('It must be i/n, as 2/3.');
  if (index < 1 || index > of) throw new RangeError(`Of ${of} shares it must be one from 1 to ${of}.`);
  return { index, of };
}

/**
 * One share of checks. Every n-th by id, so that the long checks of a suite, which stand together, go to different
 * machines; each check is in exactly one share, however they were ordered.
 *
 * @throws NetproofError `SHARD_EMPTY` (exit 2) where there are more shares than checks: one without any would look green
 */
export function shareOf<C extends Pick<Check, 'id'>>(
  checks: readonly C[],
  { index, of }: Shard,
): readonly C[] {
  if (of > checks.length) {
    throw new NetproofError(`${checks.length} checks cannot be shared out to ${of}`, {
      code: 'SHARD_EMPTY',
      exit: exitCode.usage,
      hint: `--shard i/${checks.length} at most`,
    });
  }
  const ids = checks.map(({ id }) => id).toSorted();
  const own = new Set(ids.filter((_, at) => at % of === index - 1));
  return checks.filter(({ id }) => own.has(id));
}
