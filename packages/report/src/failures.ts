import { casesOf, isRed } from './cases.ts';
import type { Merged } from './model.ts';

/**
 * What totals count as failed, one line each: `dns/service/cluster-ip [bridge]: x/a on worker got no answer`. Where
 * nothing else shows that a run came to a bad end, that is a line, too.
 */
export function failuresOf({ runs }: Merged): readonly string[] {
  return runs
    .flatMap(casesOf)
    .filter(({ result }) => isRed(result))
    .map(({ name, result, messages: [first = result] }) => `${name}: ${first.split('\n')[0]}`);
}
