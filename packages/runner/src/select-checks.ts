import { type Check, exitCode, NetproofError } from '@netproof/core';

/** What a caller asked for; nothing means all but those that are to be named. Both together mean either. */
export interface Selection {
  /** Exact ids. */
  readonly checks?: readonly string[];
  /** Folders below `suites/`: `services`, `services/session-affinity`. */
  readonly suites?: readonly string[];
}

/**
 * The checks that a caller asked for, in their order.
 *
 * @throws NetproofError `NO_SUCH_CHECK` (exit 2) with every name that fits none
 */
export function selectChecks<C extends Pick<Check, 'id' | 'onlyNamed'>>(
  all: readonly C[],
  wanted: Selection,
): readonly C[] {
  const { checks = [], suites = [] } = wanted;
  const inSuite = ({ id }: Pick<Check, 'id'>, suite: string) => id.startsWith(`${suite}/`);
  const problems = [
    ...checks.filter((name) => !all.some(({ id }) => id === name)).map(noCheck),
    ...suites.filter((name) => !all.some((check) => inSuite(check, name))).map((name) => `suite ${name}`),
  ];
  if (problems.length > 0) {
    throw new NetproofError(`there is no ${problems.join(', no ')}; there are:\n${listed(all)}`, {
      code: 'NO_SUCH_CHECK',
      exit: exitCode.usage,
    });
  }
  if (checks.length + suites.length === 0) return all.filter(({ onlyNamed }) => !onlyNamed);
  return all.filter((check) => checks.includes(check.id) || suites.some((suite) => inSuite(check, suite)));

  function noCheck(name: string): string {
    const suite = all.some((check) => inSuite(check, name));
    return suite ? `check ${name} (it is a suite: --suite ${name})` : `check ${name}`;
  }
}

function listed(all: readonly Pick<Check, 'id'>[]): string {
  return all.map(({ id }) => `  ${id}`).join('\n');
}
