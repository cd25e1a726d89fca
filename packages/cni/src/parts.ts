import { addressOf, type Block, blockOf, endsOf, isInside } from './block.ts';
import type { Way } from './ways.ts';

/** Lists every entry of every table of a node, for {@link partsOf}. */
export const everyRoute: readonly string[] = ['ip', '-json', 'route', 'show', 'table', 'all'];

/**
 * Cuts a block where entries of routing tables begin and end: in each part the kernel of the node decides in one way.
 *
 * @returns the first address of each part, in their order; of one that is in no table that of the whole block
 */
export function partsOf(block: Block, entries: readonly Pick<Way, 'dst'>[]): readonly string[] {
  const inside = entries.flatMap(({ dst }) => {
    const own = dst.includes('/') ? blockOf(dst) : addressOf(dst);
    return own !== undefined && isInside(own, block) ? [own] : [];
  });
  const starts = inside.flatMap(({ first, last }) => [first, last + 1n]).filter((at) => at <= block.last);
  const sorted = [...new Set([block.first, ...starts])].toSorted((a, b) => (a < b ? -1 : 1));
  return sorted.map((first) => endsOf({ ...block, first })[0]);
}
