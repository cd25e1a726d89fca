import type { NetworkPolicy } from './network-policy.ts';
import type { Oracle } from './oracle.ts';
import type { TruthCell, TruthTable } from './table.ts';

/** What was seen of a cell; undefined where nothing is known, as after a probe error. */
export type Observed = 'allowed' | 'denied' | undefined;

/** A cell of which a cluster did not do what the policies say, with what its maintainer needs to see why. */
export interface Disagreement {
  readonly cell: TruthCell;
  readonly observed: 'allowed' | 'denied';
  /** Why the oracle says otherwise. */
  readonly explanation: string;
  /** The policies that isolate either end. */
  readonly policies: readonly NetworkPolicy[];
}

export interface TableComparison {
  readonly disagreements: readonly Disagreement[];
  /** Cells that were held against the oracle; with none of them, nothing is proved. */
  readonly judged: number;
  /** Cells that the API leaves open: never judged, whatever was seen. */
  readonly leftOpen: number;
  readonly unknown: number;
}

/** Holds what a cluster does against a table of this oracle. */
export function compareTable(
  oracle: Oracle,
  { via, cells }: TruthTable,
  observe: (cell: TruthCell) => Observed,
): TableComparison {
  const decided = cells.filter(({ verdict }) => verdict !== 'implementation-defined');
  const seen = decided.map((cell) => ({ cell, observed: observe(cell) }));
  const judged = seen.flatMap(({ cell, observed }) => (observed === undefined ? [] : [{ cell, observed }]));
  return {
    disagreements: judged
      .filter(({ cell, observed }) => cell.verdict !== observed)
      .map(({ cell, observed }) => ({
        cell,
        observed,
        explanation: oracle.explain({ ...cell, via }),
        policies: oracle.concerning({ ...cell, via }),
      })),
    judged: judged.length,
    leftOpen: cells.length - decided.length,
    unknown: decided.length - judged.length,
  };
}
