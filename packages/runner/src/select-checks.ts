import { type Check, exitCode, NetproofError, type Shard } from '@netproof/core';
import { shareOf } from './shard.ts';

/**
 * What a caller asked for; nothing means all but those that are to be named. Checks and suites together mean either; the
 * rest takes some of these.
 */
export interface Selection {
  /** Exact ids. */
  readonly checks?: readonly string[];
  /** Folders below `suites/`: `services`, `services/session-affinity`. */
  readonly suites?: readonly string[];
  /** Only those in whose id or requirement this is found. */
  readonly grep?: RegExp | undefined;
  /** Only this share of what is left then. */
  readonly shard?: Shard | undefined;
}

/**
 * The checks that a caller asked for, in their order; those that are to be named after the others.
 *
 * @throws NetproofError (exit 2) `NO_SUCH_CHECK` with every name that fits none, or with a pattern that does;
 *   `SHARD_EMPTY`
 */
export function selectChecks<C extends Pick<Check, 'id' | 'requirement' | 'onlyNamed'>>(
  all: readonly C[],
  { grep, shard, ...named }: Selection,
): readonly C[] {
  const some = namedIn(all, named);
  const found = grep
    ? some.filter(({ id, requirement }) => [id, requirement].some((text) => text.search(grep) >= 0))
    : some;
  if (grep && found.length === 0) {
    throw new NetproofError(`nothing fits ${grep}; there are:\n${listed(some)}`, {
      code: 'NO_SUCH_CHECK',
      exit: exitCode.usage,
    });
  }
  return shard ? shareOf(found, shard) : found;
}

function namedIn<C extends Pick<Check, 'id' | 'onlyNamed'>>(
  all: readonly C[],
  { checks = [], suites = [] }: Pick<Selection, 'checks' | 'suites'>,
): readonly C[] {
  const inSuite = ({ id }: Pick<Check, 'id'>, suite: string) => id.startsWith(`${suite}/`);
  // Who names a suite of many checks has not named the one among them that disturbs the rest.
  const names = (check: C) => (suite: string) =>
    check.onlyNamed ? suite === check.id.slice(0, check.id.lastIndexOf('/')) : inSuite(check, suite);
  const problems = [
    ...checks.filter((name) => !all.some(({ id }) => id === name)).map(noCheck),
    ...suites.filter((name) => !all.some((check) => names(check)(name))).map((name) => `suite ${name}`),
  ];
  if (problems.length > 0) {
    throw new NetproofError(`there is no ${problems.join(', no ')}; there are:\n${listed(all)}`, {
      code: 'NO_SUCH_CHECK',
      exit: exitCode.usage,
    });
  }
  if (checks.length + suites.length === 0) return all.filter(({ onlyNamed }) => !onlyNamed);
  const named = all.filter((check) => checks.includes(check.id) || suites.some(names(check)));
  return named.toSorted((a, b) => Number(a.onlyNamed ?? false) - Number(b.onlyNamed ?? false));

  function noCheck(name: string): string {
    const suite = all.some((check) => inSuite(check, name));
    return suite ? `check ${name} (it is a suite: --suite ${name})` : `check ${name}`;
  }
}

function listed(all: readonly Pick<Check, 'id'>[]): string {
  return all.map(({ id }) => `  ${id}`).join('\n');
}
