import type { DnsRecord, Protocol, Question, Transport, WatchPlan } from '@netproof/core';

/*
 * What the controller and an agent say to each other, one JSON object a line. All lengths of time travel with
 * the question, so that the agent has none of its own.
 */

export const servedPorts: readonly number[] = [
  8080, 8081, 8082, 8083, 8084, 8085, 8087, 8088, 8089, 8091, 8092,
];

/** In the network of a pod the first agent has taken those. */
export const secondPorts: readonly number[] = [8090];
/** Where every agent answers HTTP. Not one of those: what speaks there is no nonce. */
export const httpPort = 8086;

/** Where an agent listens for its control streams, inside its container. */
export const socketPath = '/tmp/netproof-agent.sock';

/** Instead of an address: the agent's own server, where it listens, at the port asked for or at its first. */
export const ownServer = 'own';

/** What stands in its place for an echo, which no server of ours answers. */
export const loopback = '127.0.0.1';

/** One address to ask. */
export interface Ask {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  /** See `AskedPort`. */
  readonly sourcePort?: number;
  /** So many bytes more in the question, and again in its answer. */
  readonly padding?: number;
  /** See `MatrixPlan.unfragmented`. */
  readonly unfragmented?: boolean;
}

/** What came of one attempt. */
export type Outcome =
  | {
      readonly kind: 'answered';
      readonly server: string;
      /** Where the server was asked, as it says itself; absent where it is none of ours. */
      readonly port?: number;
      /** The client's address as the server saw it. */
      readonly client: string;
      /** The client's address as its own socket has it. */
      readonly local: string;
    }
  | { readonly kind: 'silent' | 'refused' | 'unreachable' | 'reset' }
  | { readonly kind: 'error'; readonly reason: string };

/** An outcome and, in milliseconds, how long it took from the attempt's own start. */
export type Attempt = Outcome & { readonly ms: number };

export interface ProbeProgram {
  readonly verb: 'probe';
  readonly asks: readonly Ask[];
  /** So many of them at a time. */
  readonly atOnce: number;
  /** See `bounds.silence` and `bounds.nextAttempt`. */
  readonly silence: number;
  readonly nextAttempt: number;
  /** From when on, by the agent's own clock, it reports what it missed; from the program's start without it. */
  readonly since?: number;
}

export interface ProbeResult {
  /** When the program was asked for, and when it began, by the agent's own clock: it may have waited for a stream. */
  readonly asked: number;
  readonly began: number;
  /** For each ask, in their order, its attempts in theirs. */
  readonly attempts: readonly (readonly Attempt[])[];
  /** The longest time in milliseconds that the agent's event loop stood still. */
  readonly stalled: number;
  /**
   * How many datagrams its network's sockets had had no room for before `since`, or else before it was asked for, and
   * when the program ended; of what was before the agent's time nothing is counted.
   */
  readonly overflowed: readonly [number, number];
}

export interface SampleProgram {
  readonly verb: 'sample';
  readonly ask: Ask;
  readonly connections: number;
  readonly atOnce: number;
  readonly silence: number;
  /** After so many silent connections no more are begun: each costs a window, and nothing changes any more. */
  readonly enoughSilent: number;
  /** A silence of `ms` milliseconds after each `after` connections, begun when all of them have ended. */
  readonly pause?: { readonly after: number; readonly ms: number };
}

export interface SampleResult {
  /** Each outcome that occurred, once. */
  readonly outcomes: readonly Outcome[];
  /** For each connection that was made, in the order of their starts, an index into {@link outcomes}. */
  readonly order: readonly number[];
}

export interface Nameserver {
  readonly address: string;
  readonly port: number;
}

export interface ResolveProgram {
  readonly verb: 'resolve';
  readonly asks: readonly (Question & { readonly transport: Transport })[];
  readonly atOnce: number;
  /** See `ResolvePlan`. */
  readonly times: number;
  /** See `bounds.silence` and `bounds.dnsAnswer`. */
  readonly silence: number;
  readonly answer: number;
  /** Without it, that of the agent's own resolv.conf. */
  readonly nameserver?: Nameserver;
}

/** What came of one message to a nameserver. */
export type LookupOutcome =
  | {
      readonly kind: 'answered';
      readonly rcode: string;
      readonly truncated: boolean;
      readonly records: readonly DnsRecord[];
    }
  | Exclude<Outcome, { readonly kind: 'answered' }>;

/** An outcome with the whole name that was asked, the address that was asked, and milliseconds from its start. */
export type AgentLookup = LookupOutcome & {
  readonly name: string;
  readonly server: string;
  readonly ms: number;
};

export interface ResolveResult {
  /** For each ask, in their order, its lookups in theirs. */
  readonly lookups: readonly (readonly AgentLookup[])[];
}

export interface WatchProgram {
  readonly verb: 'watch';
  readonly ask: Ask;
  /** See `WatchPlan`. Whoever answers is taken for the server. */
  readonly until: WatchPlan['until'];
  readonly stable: number;
  readonly atMost: number;
  /** From one try to the next. */
  readonly every: number;
  readonly silence: number;
  /** A silence in which the agent stood still for longer than this tells nothing. */
  readonly standstill: number;
}

export interface WatchResult {
  /** When it began, by the agent's own clock. */
  readonly began: number;
  /** Each outcome that occurred, once. */
  readonly outcomes: readonly Outcome[];
  /** For each try, when it began, in milliseconds since `began`, and an index into {@link outcomes}. */
  readonly starts: readonly number[];
  readonly order: readonly number[];
}

/** Asks what an agent's clock, `performance.now()`, shows. Other verbs answer with it when they are done. */
export interface ClockProgram {
  readonly verb: 'clock';
}

export interface ClockResult {
  readonly now: number;
}

/** Waits until the agent's process is told to end. */
export interface EndingProgram {
  readonly verb: 'ending';
}

export interface KeepProgram {
  readonly verb: 'keep';
  /** Over TCP, each by a connection of its own. */
  readonly asks: readonly Ask[];
  /** From one question to the next on a connection, where the one before has been answered. */
  readonly every: number;
  /** Silence after which a connection is lost. */
  readonly silence: number;
  /** Until they are let go, and for no longer than this; the last answers are waited for then. */
  readonly atMost: number;
}

export interface KeptConnection {
  /** `answered` where the last question that is known of was; else how it was lost. */
  readonly outcome: Outcome;
  readonly exchanges: number;
  /** The longest wait for an answer. */
  readonly longest: number;
  /** Where an answer stayed out: when it was asked for, and when it was given up, by the agent's own clock. */
  readonly lost?: TimeSpan;
}

export interface KeepResult {
  /** In the order of the asks. */
  readonly connections: readonly KeptConnection[];
}

/** From when until when, in milliseconds by one clock. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** Asks when the agent's event loop stood still, as long as it remembers. */
export interface StallsProgram {
  readonly verb: 'stalls';
}

export interface StallsResult {
  /** By the agent's own clock. */
  readonly stalls: readonly TimeSpan[];
}

/** Asks what the kernel says of the packets of the agent's network. */
export interface PacketsProgram {
  readonly verb: 'packets';
}

export interface PacketsResult {
  /** See `Packets`. */
  readonly mtu: number;
  readonly fragments: number;
}

/** Ends all that the agent keeps. */
export interface LetGoProgram {
  readonly verb: 'let-go';
}

/** A verb and what it answers. A later verb is one more line here and one file beside this. */
export interface Verbs {
  readonly probe: { readonly program: ProbeProgram; readonly result: ProbeResult };
  readonly sample: { readonly program: SampleProgram; readonly result: SampleResult };
  readonly resolve: { readonly program: ResolveProgram; readonly result: ResolveResult };
  readonly watch: { readonly program: WatchProgram; readonly result: WatchResult };
  readonly clock: { readonly program: ClockProgram; readonly result: ClockResult };
  readonly keep: { readonly program: KeepProgram; readonly result: KeepResult };
  readonly 'let-go': { readonly program: LetGoProgram; readonly result: ClockResult };
  readonly stalls: { readonly program: StallsProgram; readonly result: StallsResult };
  readonly packets: { readonly program: PacketsProgram; readonly result: PacketsResult };
  readonly ending: { readonly program: EndingProgram; readonly result: ClockResult };
}

export type Verb = keyof Verbs;
export type Program<V extends Verb = Verb> = Verbs[V]['program'];
export type Result<V extends Verb = Verb> = Verbs[V]['result'];

/**
 * From the controller. `run` says for how long its program had to wait because there was no stream; `forget`, that a
 * result has arrived and need not be kept; `end` ends the agent's process.
 */
export type Order =
  | { readonly type: 'open'; readonly heartbeat: number; readonly silence: number }
  | { readonly type: 'run'; readonly id: string; readonly waited: number; readonly program: Program }
  | { readonly type: 'forget'; readonly id: string }
  | { readonly type: 'beat' }
  | { readonly type: 'end' };

/** From the agent. A `boot` is one life of the resident process: after another boot nothing is remembered. */
export type Report =
  | { readonly type: 'hello'; readonly id: string; readonly boot: string }
  | { readonly type: 'result'; readonly id: string; readonly result: Result }
  | { readonly type: 'failed'; readonly id: string; readonly reason: string }
  /** The longest time in milliseconds that its event loop stood still since the last one. */
  | { readonly type: 'beat'; readonly stalled: number };
