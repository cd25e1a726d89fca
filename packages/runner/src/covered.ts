import type { Covered, CoveredPart, Observation } from '@netproof/core';
import { rateAtMost } from '@netproof/stats';

const confidence = 0.95;

/** What a check's matrices asked where they were thinned out, for the report: each extent once. */
export function coveredTables(all: readonly Covered[]): readonly Observation[] {
  const tables = all.map((covered): Observation => {
    const { coverage, pairs, sources, targets, own, others } = covered;
    return {
      title: `Pairs asked: ${pairs}, of ${sources} clients × ${targets} servers (--coverage ${coverage})`,
      columns: ['pairs of nodes', 'asked', 'of', 'a broken one is among them'],
      rows: (
        [
          ['a node with itself', own],
          ['two nodes, in one direction', others],
        ] as const
      )
        .filter(([, { asked }]) => asked > 0)
        .map(([kind, part]) => [kind, part.asked, part.of, found(part, coverage)]),
    };
  });
  return [...new Map(tables.map((table) => [JSON.stringify(table), table])).values()];
}

/** How surely, in words. A sample's pairs are as good as drawn one by one: its nodes and its rounds are by lot. */
function found({ asked, of }: CoveredPart, coverage: Covered['coverage']): string {
  if (asked === of) return 'surely';
  if (coverage === 'nodes') return 'surely, if the check allows it';
  const share = `${(rateAtMost(0, asked, confidence) * 100).toPrecision(2)} %`;
  return `with ${confidence * 100} %, if f = ${share} of all are broken: 1 − (1 − f)^${asked}`;
}
