import type { Milliseconds } from './bounds.ts';
import type { ObjectName } from './ports.ts';

/** What became of the agents of a CNI that were restarted. */
export interface RestartedAgents {
  /** How many there are, over all nodes. */
  readonly agents: number;
  /** From their deletion until all new ones were Ready. */
  readonly ms: Milliseconds;
}

/** The agents of a cluster's CNI: the pods of the DaemonSets that the cluster names. */
export interface Cni {
  /**
   * Deletes all of them at once, on every node, and resolves when as many new ones are Ready.
   *
   * @throws NetproofError `NO_AGENTS`; `NOT_REMOVED`, `NOT_READY` with those that stay, or do not come back
   */
  restart(): Promise<RestartedAgents>;
}

/** For faults of the agents, and for those that begin when a check restarts them. */
export interface CniLifecycle {
  readonly daemonSets: readonly ObjectName[];
  /** Does something each time before they are deleted, until it is called off. */
  onRestart(act: () => Promise<void>): { stop(): void };
}
