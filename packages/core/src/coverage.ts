/**
 * Which pairs of a matrix are asked.
 *
 * - `all`: every ordered pair of endpoints that the check names
 * - `nodes`: one pair of endpoints for each ordered pair of nodes, a node with itself included
 * - `sample`: the same for a bounded number of other nodes for each node, drawn by lot
 */
export const coverages = ['all', 'nodes', 'sample'] as const;

export type Coverage = (typeof coverages)[number];

/** Pairs of nodes, and for how many of them a pair of endpoints was asked. */
export interface CoveredPart {
  readonly asked: number;
  readonly of: number;
}

/** How much of a matrix was asked, where that was thinned out. */
export interface Covered {
  readonly coverage: Exclude<Coverage, 'all'>;
  /** Pairs of endpoints that were asked, each on every port. */
  readonly pairs: number;
  /** Endpoints that the check named on either side. */
  readonly sources: number;
  readonly targets: number;
  /** A node with itself, and two nodes in one direction. Those that the check leaves out count in `of` too. */
  readonly own: CoveredPart;
  readonly others: CoveredPart;
}
