import type { Milliseconds } from './bounds.ts';
import type { Watch, WatchPlan } from './edge.ts';
import type { AskedPort, Endpoint, Port, ServedPort, Target, Transport } from './endpoint.ts';
import type { Feature } from './features.ts';
import type { Lookup, Question } from './lookup.ts';
import type { Sample, Table } from './verdict.ts';

/** One matrix: who probes whom, on which ports. All of it is asked at once, unless the run's coverage thins it out. */
export interface MatrixPlan {
  readonly sources: readonly Endpoint[];
  readonly targets: readonly Target[];
  readonly ports: readonly AskedPort[];
  /** Which ordered pairs; all of them without it. */
  readonly pairs?: (source: Endpoint, target: Target) => boolean;
  /** Each question, and each answer, has so many bytes more. Sent at once, they fill packets to the path's MTU. */
  readonly padding?: number;
  /**
   * For ICMP: each question is the largest packet that may not be fragmented (DF) and that its sender is not told is too
   * large, by its own kernel or by a router, as path MTU discovery finds it (RFC 1191).
   */
  readonly unfragmented?: boolean;
  /** A window other than that of `bounds.silence` and `bounds.nextAttempt`. */
  readonly window?: { readonly silence: Milliseconds; readonly nextAttempt: Milliseconds };
  /**
   * Its cells are not written to the journal one by one: who asks tells what came of all of them. So it is never
   * thinned out either.
   */
  readonly untold?: boolean;
}

export interface SamplePlan {
  readonly source: Endpoint;
  readonly target: Target;
  readonly port: Port;
  readonly connections: number;
  /** After each so many connections the source is silent, all of them ended: what is remembered ages meanwhile. */
  readonly pause?: { readonly after: number; readonly ms: Milliseconds };
}

/** Who asks a nameserver what, and how. All combinations are asked at once. */
export interface ResolvePlan {
  readonly sources: readonly Endpoint[];
  readonly questions: readonly Question[];
  readonly transports: readonly Transport[];
  /**
   * So often each combination is asked, once without it: again when the lookup before was answered, and no more after one
   * that was not. All at once, from every node, would be more datagrams than the socket of a nameserver has room for.
   */
  readonly times?: number;
  /** Who is asked; without it, the first one that the source's own resolv.conf names, at port 53. */
  readonly nameserver?: { readonly address: string; readonly port: number };
}

/** One connection from each source to each target that stays open and is used at a pace. */
export interface KeepPlan {
  readonly sources: readonly Endpoint[];
  readonly targets: readonly Target[];
  /** Over TCP: UDP has nothing that stays open. */
  readonly port: Port & { readonly protocol: 'TCP' };
  /** Which ordered pairs; all of them without it. */
  readonly pairs?: (source: Endpoint, target: Target) => boolean;
  /** For so long they are kept, and no longer than `bounds.check`. */
  readonly during: () => Promise<void>;
}

/**
 * A cell for each connection: `connected` when it was open and answered to its end; its attempts are what was said on it.
 * What breaks is not opened again.
 */
export interface Kept extends Table {
  /** The longest wait for an answer on any of them. */
  readonly longest: Milliseconds;
}

/** What the kernel of an endpoint says of the packets of its network. */
export interface Packets {
  readonly endpoint: Endpoint;
  /** The largest that one of its devices lets through, its loopback left out, in bytes of IP. */
  readonly mtu: number;
  /** How many fragments it has cut others into since it began (`FragCreates` of RFC 4293). */
  readonly fragments: number;
  /** Why neither is known. */
  readonly reason?: string;
}

/** Probing: what `packages/probe` offers to checks. */
export interface Probes {
  /** Every endpoint that can probe and stays for the whole run, pods first. */
  readonly endpoints: readonly Endpoint[];
  /** The ports on which the server of every pod and node listens, TCP and UDP alike. */
  readonly served: readonly number[];
  matrix(plan: MatrixPlan): Promise<Table>;
  sample(plan: SamplePlan): Promise<Sample>;
  resolve(plan: ResolvePlan): Promise<readonly Lookup[]>;
  /** Tries a pair again and again while something else changes the cluster; see `edgeOf`. */
  watch(plan: WatchPlan): Promise<Watch>;
  /** Uses connections that stay open while something else happens. Rejects as that does. */
  keep(plan: KeepPlan): Promise<Kept>;
  /** What each one's kernel says of the packets of its network. */
  packets(endpoints: readonly Endpoint[]): Promise<readonly Packets[]>;
}

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface NodeFacts {
  readonly name: string;
  readonly ip: string;
  readonly podCIDR: string;
  readonly controlPlane: boolean;
}

/** The machines of a cluster: facts for all, commands only where we may run them (decisions/existing-clusters.md). */
export interface Nodes {
  readonly list: readonly NodeFacts[];
  /** Runs a command in the node's own namespaces. Rejects when it cannot be run or does not exit with 0. */
  run(node: string, argv: readonly string[]): Promise<CommandOutput>;
}

export interface ServiceFacts {
  readonly id: string;
  readonly clusterIP: string;
  /** Those of TCP and UDP. */
  readonly ports: readonly (ServedPort & {
    readonly name: string;
    readonly nodePort?: number;
    /** Where its endpoints listen; absent where it has a name there. */
    readonly targetPort?: number;
  })[];
  /** Ids of the endpoints behind it that are ready, from its EndpointSlices. */
  readonly backends: readonly string[];
}

/** What the cluster says of itself, read through its API. */
export interface Cluster {
  readonly name: string;
  /** Empty where it is not known: on a cluster that we did not make. */
  readonly podSubnet: string;
  readonly claims: readonly Feature[];
  /** By features that it does not claim: why it cannot be judged by what needs them, in words, where more is known. */
  readonly lacks?: Readonly<Record<string, string>>;
  service(namespace: string, name: string): Promise<ServiceFacts>;
}

/** One object of a cluster; without a namespace where its kind has none. */
export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** A Service as the API gives it, with the fields that faults change. */
export interface ServiceObject extends ObjectName {
  readonly spec: {
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly targetPort?: number | string }[];
    readonly sessionAffinity?: string;
    readonly sessionAffinityConfig?: object;
  };
}

/** The objects of a cluster, for faults at its API. Checks have no such port: they observe. */
export interface Objects {
  /** As the API gives it. */
  get(object: ObjectName): Promise<Readonly<Record<string, unknown>>>;
  /** All Services of the namespaces in which probes run. */
  services(): Promise<readonly ServiceObject[]>;
  /** Server-side apply of whole objects. */
  apply(objects: readonly ObjectName[]): Promise<void>;
  /** A JSON merge patch (RFC 7386): null removes a field. */
  patch(object: ObjectName, change: object): Promise<void>;
  /** Deletes objects and waits until they are gone. Rejects with the names of those that stay. */
  remove(objects: readonly ObjectName[]): Promise<void>;
  /** Waits until a workload's newest template runs everywhere that it should. */
  available(workload: ObjectName): Promise<void>;
}

/** A table that a check showed for its evidence, rendered in the report below the check. */
export interface Observation {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Time that a wait took and the samples that ended it. */
export interface Settled<T> {
  readonly last: T;
  readonly samples: number;
  readonly ms: Milliseconds;
}
