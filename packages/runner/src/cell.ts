import {
  type Counted,
  type Coverage,
  cniAgents,
  type Endpoint,
  type Feature,
  hostNetworkPods,
  hostPortPods,
  icmpEcho,
  loadTool,
  type Milliseconds,
  type NodeFacts,
  newPods,
  nodeAccess,
  outsideClient,
} from '@netproof/core';
import type { ClusterSpec } from './cluster-file.ts';
import { daemonSetsOf } from './cni-agents.ts';
import type { Told } from './ui.ts';

/**
 * What a cell's process is told: one cluster, one mocha process, one journal, one kubeconfig.
 * The parent writes it as JSON into the run's folder and gives its path as the only argument.
 */
export interface CellOrder {
  readonly mode: 'run' | 'prove';
  readonly run: string;
  readonly suites: string;
  readonly checks: readonly string[];
  /** Those of a proof, by their ids. */
  readonly faults: readonly string[];
  /** See `ProveOptions`. */
  readonly everyCell: boolean;
  /** Which pairs of matrices are asked. */
  readonly coverage: Coverage;
  /** Whether the first check that fails ends it. */
  readonly bail: boolean;
  readonly cluster: CellCluster;
  readonly claims: readonly Feature[];
  /** See `Cluster` of core. */
  readonly lacks?: Readonly<Record<string, string>>;
  /** The name of the kind cluster, which its nodes carry in front of theirs; absent for one that we did not make. */
  readonly kindName?: string;
  /** Path of the kind program that made it. */
  readonly kind?: string;
  readonly kubeconfig: string;
  /** Of the kubeconfig; without it the current one. */
  readonly context?: string;
  /** The options of a command that name the cluster: `--cluster bridge`, and `--on NAME` of one that is kept. */
  readonly where: string;
  /** Whether `where` names what only `--keep` left there: no plan of a run has it. */
  readonly kept: boolean;
  readonly journal: string;
  readonly nodes: readonly NodeFacts[];
  readonly endpoints: readonly Endpoint[];
  /** Reference of the image of probe pods. */
  readonly image: string;
}

/** What a cell must know of its cluster. */
export interface CellCluster {
  readonly name: string;
  readonly spec: Pick<ClusterSpec, 'kubernetes' | 'divergences'> & {
    /** Its mode tells variants apart; where nobody says so there is none. */
    readonly cni: { readonly name: string; readonly version: string; readonly mode?: string };
    readonly kubeProxy: string;
    readonly podSubnet?: string;
    /** Workloads of its CNI that may be restarted, on a cluster of ours. */
    readonly ready?: readonly string[];
  };
}

/** What the journal says of a cluster, whether it is made or not. */
export function clusterFacts({ name, spec }: CellCluster, claims: readonly string[]) {
  const { mode } = spec.cni;
  return {
    cluster: name,
    cni: mode === undefined ? spec.cni.name : `${spec.cni.name} (${mode})`,
    cniVersion: spec.cni.version,
    kubernetes: spec.kubernetes,
    kubeProxy: spec.kubeProxy,
    claims: [...claims],
  };
}

/** What checks need of probes and their pods, where nothing stands against it. */
export const ofProbes: readonly Feature[] = [newPods, hostNetworkPods, hostPortPods, icmpEcho, loadTool];

/** What a cluster claims, and what follows from how it is made. */
export function claimsOf({ claims, kubeProxy, ready }: ClusterSpec): Feature[] {
  const byRules = kubeProxy === 'iptables' || kubeProxy === 'nftables';
  return [
    ...claims,
    // Between its rules a node has chosen the way by its routes.
    ...(claims.includes('pods/iptables') ? (['pods/routes'] as const) : []),
    // Both keep what they gave to whom where it can be read.
    ...(claims.includes('pods/host-local') || claims.includes('pods/calico-ipam')
      ? (['pods/ipam'] as const)
      : []),
    `kube-proxy/${kubeProxy}`,
    // The proxy chooses by rules that can be read and added to, whichever of the two they are of.
    ...(byRules ? (['kube-proxy/netfilter'] as const) : []),
    // We make the cluster, so its docker network is ours to stand on, its nodes are ours, and so is the probes' image.
    outsideClient,
    ...(daemonSetsOf(ready).length > 0 ? ([cniAgents] as const) : []),
    nodeAccess,
    ...ofProbes,
  ];
}

/** What a cell's process is told while it works: by the clock of `Hold`, when the cluster was known to be its run's. */
export interface CellNews {
  readonly renewed: Milliseconds;
}

/** What a cell's process tells its parent while it works. */
export type CellMessage =
  | { readonly kind: 'line'; readonly text: string; readonly told?: Told }
  /** It could not go on; with the fields of a NetproofError where it was one. */
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly code?: string;
      readonly exit?: number;
      readonly hint?: string;
    }
  /** It did all that it was told. */
  | ({ readonly kind: 'done' } & CellOutcome);

/** What the checks of a cell came to. */
export interface CellOutcome {
  readonly results: readonly Counted[];
  /** Cells of the kill matrix that are not as they must be. */
  readonly unexpected: number;
  /** Checks that no fault was seen to redden. */
  readonly unproved: number;
}
