import type { End } from './asked.ts';

/** How many ends a matrix shows one by one; more of them are shown by node. */
const most = 20;

/** A row or a column of a matrix: one end, or all those of a kind on a node. */
export interface Line {
  readonly name: string;
  readonly node: string;
  readonly ends: ReadonlySet<string>;
}

/** The lines of one side of a matrix, those of a node side by side. */
export function linesOf(all: readonly End[]): readonly Line[] {
  const ends = [...new Map(all.map((end) => [end.name, end])).values()].toSorted(
    (a, b) => compare(a.node, b.node) || compare(a.name, b.name),
  );
  if (ends.length <= most) return ends.map(({ name, node }) => ({ name, node, ends: new Set([name]) }));
  const groups = Map.groupBy(ends, ({ kind, node }) => `${node} ${kind}`);
  return [...groups.values()].map((some) => {
    const [{ kind, node, name }] = some as [End];
    return {
      name: some.length === 1 ? name : `${some.length} ${kinds[kind]}`,
      node,
      ends: new Set(some.map((end) => end.name)),
    };
  });
}

const kinds = {
  pod: 'pods',
  node: 'node addresses',
  container: 'containers',
  outside: 'clients',
  service: 'Services',
} as const;

/** What has no node comes last. */
function compare(a: string, b: string): number {
  if (a === '' || b === '') return b.length - a.length;
  return a.localeCompare(b, 'en', { numeric: true });
}
