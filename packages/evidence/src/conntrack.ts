import type { Nodes } from '@netproof/core';

/** So many entries are kept: a sample leaves thousands that look alike. */
const atMost = 100;

/**
 * The entries of a node's connection tracking between the ends of pairs.
 *
 * @param pairs for each the addresses that its packets may carry; an entry needs two of them
 */
export async function tracked(
  nodes: Nodes,
  node: string,
  pairs: readonly (readonly string[])[],
): Promise<string> {
  const { stdout } = await nodes.run(node, ['conntrack', '-L']);
  return pairs.length === 0 ? 'no pair is known to have failed' : entriesOf(stdout, pairs);
}

/**
 * Those that nobody answered stand first: among them is what was lost.
 *
 * @param listing output of `conntrack -L`
 */
export function entriesOf(listing: string, pairs: readonly (readonly string[])[]): string {
  const all = listing.split('\n').filter((line) => {
    const ends = new Set([...line.matchAll(/\b(?:src|dst)=(\S+)/g)].map(([, address]) => address ?? ''));
    return pairs.some((addresses) => addresses.filter((address) => ends.has(address)).length >= 2);
  });
  if (all.length === 0) return 'no entry';
  const { unanswered = [], answered = [] } = Object.groupBy(all, (line) =>
    line.includes('[UNREPLIED]') ? 'unanswered' : 'answered',
  );
  const rest = all.length > atMost ? [`… and ${all.length - atMost} more like these`] : [];
  return [
    `entries: ${all.length}, of them unanswered: ${unanswered.length}`,
    ...[...unanswered, ...answered].slice(0, atMost),
    ...rest,
  ].join('\n');
}
