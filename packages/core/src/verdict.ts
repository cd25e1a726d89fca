import type { Milliseconds } from './bounds.ts';
import type { Covered } from './coverage.ts';
import type { AskedPort, Endpoint, Port, Target } from './endpoint.ts';

/**
 * What came of one probe.
 *
 * - `connected`: every attempt was answered, by a server that may answer there
 * - `refused`: the address answered that nothing listens (RST to a SYN, ICMP port unreachable)
 * - `dropped`: silence, while the client and the server both proved alive; also when only some attempts
 *   were answered (see {@link Cell.answered}), because a loss that a second try hides is still a loss
 * - `unreachable`: a router or the client's own kernel said that there is no way
 * - `reset`: the connection opened and was broken before an answer came
 * - `wrong-peer`: somebody else answered
 * - `name-error`: the name did not resolve
 * - `probe-error`: we could not ask, so nothing is known; never "blocked"
 */
export const verdicts = [
  'connected',
  'refused',
  'dropped',
  'unreachable',
  'reset',
  'wrong-peer',
  'name-error',
  'probe-error',
] as const;

export type Verdict = (typeof verdicts)[number];

/** One row of a matrix: what came of probing one target from one source. */
export interface Cell {
  readonly source: Endpoint;
  readonly target: Target;
  readonly port: AskedPort;
  /** As the plan of its matrix had them, so that just this can be asked again. */
  readonly padding?: number;
  readonly unfragmented?: boolean;
  readonly verdict: Verdict;
  /** Attempts made, each from a fresh source port unless {@link port} has one, and how many of them were answered. */
  readonly attempts: number;
  readonly answered: number;
  /** From the start of the first attempt to its answer; absent without an answer. */
  readonly ms?: Milliseconds;
  /** Id of the endpoint that answered. */
  readonly server?: string;
  /** The client's address as the server saw it. */
  readonly clientSeenAs?: string;
  /** The client's address as its own socket had it; another one than the server saw is NAT. */
  readonly clientAddress?: string;
  /** For `probe-error`: why nothing is known. `starved` means that the agent had no CPU. */
  readonly reason?: string;
}

/** The answer to one matrix: every cell that was asked for, in no particular order. */
export interface Table {
  readonly cells: readonly Cell[];
  readonly ms: Milliseconds;
  /** Set where not every pair was asked. */
  readonly covered?: Covered;
}

/** Many connections from one source to one address, each from a fresh source port. */
export interface Sample {
  readonly source: Endpoint;
  readonly target: Target;
  readonly port: Port;
  /**
   * Ids of the servers in the order of the connections; null where a connection was not answered. Fewer than
   * asked for where so many were lost that the rest was not tried.
   */
  readonly servers: readonly (string | null)[];
  /** How many connections ended with each verdict. */
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** The client's addresses as the servers saw them. */
  readonly clientSeenAs?: readonly string[];
  readonly ms: Milliseconds;
  /** Set where the agent could not do its work; the sample is then worth nothing. */
  readonly reason?: string;
}
