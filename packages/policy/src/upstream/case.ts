import type { NetworkPolicy } from '../network-policy.ts';

/**
 * A table by hand, over the columns xa xb xc, ya yb yc, za zb zc: in each line the sources that it is for and what
 * they may reach, `.` allowed and `X` denied. The first line for a source counts; `*` is all pods, `x/*` all of x.
 * What a pod may do to itself stands in {@link Step.isolated} instead.
 */
export type Grid = string;

/** A state of the cluster: oracles know states, not the changes between them. */
export interface Step {
  readonly policies: readonly NetworkPolicy[];
  /** The pods that a policy selects, as in a grid, several with spaces between. Their access to themselves is left open. */
  readonly isolated: string;
  /** By port, `TCP 80`; several with commas; `*` is every port that is named nowhere else. */
  readonly tables: Readonly<Record<string, Grid>>;
  /** Labels that differ from those of the layout in this step. */
  readonly relabelled?: {
    readonly namespaces?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly pods?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}

/** One of upstream's 48 cases (kubernetes v1.36.3, test/e2e/network/netpol/network_policy.go), by its name there. */
export interface UpstreamCase {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Everybody may reach everybody. */
export const open: Grid = '* ... ... ...';
