import type { Endpoint, NodeFacts, Provenance } from '@netproof/core';
import type { RunningKind } from '@netproof/kind-node';
import type { Kube } from '@netproof/kube';
import type { ProbesDeployPlan } from '@netproof/probe';
import type { CellOrder } from './cell.ts';
import type { Hold } from './hold.ts';
import type { Journal } from './journal.ts';

/** Where a run's cluster comes from: `kind` makes one, `existing` takes one that somebody else made. */
export interface Provider {
  /** What `docker version` says of the server; empty where none is used. */
  readonly docker: string;
  provenance(): Promise<readonly Provenance[]>;
  /** Brings a cluster that is ready for probes. What fails or is interrupted leaves nothing. */
  open(journal: Journal): Promise<Provided>;
}

/** A cluster that is ready for probes. Leaving its `await using` block removes what the run made. */
export interface Provided extends AsyncDisposable {
  readonly kube: Kube;
  /** Access to its nodes, where we made them. */
  readonly kind?: RunningKind;
  /** Those that are judged. */
  readonly nodes: readonly NodeFacts[];
  readonly probes: ProbesDeployPlan;
  /** Who stands outside of it. */
  readonly outside: Promise<readonly Endpoint[]>;
  /** On a cluster of others. */
  readonly hold?: Hold;
  /** What the cell's process is told of it, once the probes run. */
  describe(endpoints: readonly Endpoint[]): Promise<CellPlace>;
}

/** What is in a cell's order that depends on where its cluster comes from. */
export type CellPlace = Pick<
  CellOrder,
  'cluster' | 'claims' | 'lacks' | 'kubeconfig' | 'context' | 'kindName' | 'kind' | 'where' | 'kept'
>;
