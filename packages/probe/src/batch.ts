import type { Endpoint, Milliseconds, Port } from '@netproof/core';
import { type Ask, type Attempt, ownServer, type ProbeResult } from './agent/wire.ts';
import type { Answered } from './agent-stream.ts';
import type { Reach } from './reach.ts';

/** So many asks at a time: more would queue behind each other in one agent and look slow. */
const asksAtOnce = 256;
/** An echo is a process of its own: a burst of them would take from the agent the CPU in which it hears the answers. */
const echoesAtOnce = 3;

/** What was learnt from one endpoint: an attempt list per ask, or why there is none. */
export interface Findings {
  of(ask: Ask): readonly Attempt[] | undefined;
  /** How long the agent stood still; 0 where nothing is known. */
  readonly stalled: Milliseconds;
  /** See {@link ProbeResult.overflowed}; empty where nothing is known. */
  readonly overflowed: readonly number[];
  /** When it was asked for, and when it began, by the clock of the agent's life. */
  readonly asked?: Milliseconds;
  readonly began?: Milliseconds;
  /** Which life of the agent answered. */
  readonly boot?: string;
  readonly failure?: string;
}

/** All that one endpoint is asked at once; the same question twice is asked once. */
export class Batch {
  readonly #endpoint: Endpoint;
  readonly #asks = new Map<string, Ask>();

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  add(ask: Ask): void {
    this.#asks.set(keyOf(ask), ask);
  }

  /** Never rejects: what stands in the way is the findings' failure. */
  async run(reach: Reach, since?: Milliseconds): Promise<Findings> {
    const stream = reach.streams.get(this.#endpoint.id);
    if (stream === undefined)
      return findings([], { ok: false, reason: `no agent runs at ${this.#endpoint.id}` });
    const asks = [...this.#asks.values()];
    const atOnce = asks.some(({ protocol }) => protocol === 'ICMP') ? echoesAtOnce : asksAtOnce;
    const { silence, nextAttempt } = reach.timing;
    const program = {
      verb: 'probe',
      asks,
      atOnce,
      silence,
      nextAttempt,
      ...(since !== undefined && { since }),
    } as const;
    return findings(
      [...this.#asks.keys()],
      await stream.ask<'probe'>(program, windowsOf(asks.length, atOnce, silence)),
    );
  }
}

/** Batches by endpoint, made as they are needed. */
export class Batches {
  readonly #batches = new Map<string, Batch>();

  of(endpoint: Endpoint): Batch {
    const batch = this.#batches.get(endpoint.id) ?? new Batch(endpoint);
    this.#batches.set(endpoint.id, batch);
    return batch;
  }

  /** Begins all of them; one that is not waited for does no harm. */
  run(reach: Reach): Map<string, Promise<Findings>> {
    return new Map([...this.#batches].map(([id, batch]) => [id, batch.run(reach)]));
  }

  /**
   * Begins each when its endpoint has answered the opening, and has it look back to when that was sent: an agent
   * that stood still then began late, and its standstill ended just before. What it missed lies within a window.
   *
   * @param servers ids of those whom others asked: when the opening was asked for, also where that then waited for a stream
   */
  runAfter(
    opening: ReadonlyMap<string, Promise<Findings>>,
    servers: ReadonlySet<string>,
    reach: Reach,
  ): Map<string, Promise<Findings>> {
    const after = async (id: string, batch: Batch) => {
      const { asked, began } = (await opening.get(id)) ?? {};
      if (asked === undefined || began === undefined) return batch.run(reach);
      const late = began - reach.timing.silence;
      return batch.run(reach, servers.has(id) ? Math.min(asked, late) : late);
    };
    return new Map([...this.#batches].map(([id, batch]) => [id, after(id, batch)]));
  }
}

/**
 * The positive control of an endpoint: its own server, at that port where it serves it. Not asked at
 * the address that the API gives it: a pod that has lost that one is a fault of the network and not of ours.
 */
export function controlOf({ protocol, port }: Port): Ask {
  return { protocol, address: ownServer, port };
}

/** How long so many asks can take, some at once, each silent. */
export function windowsOf(asks: number, atOnce: number, silence: Milliseconds): Milliseconds {
  return Math.ceil(asks / atOnce) * silence;
}

function keyOf({ protocol, address, port, sourcePort = 0, padding = 0, unfragmented = false }: Ask): string {
  return `${protocol} ${address} ${port} ${sourcePort} ${padding} ${unfragmented}`;
}

function findings(keys: readonly string[], answer: Answered<'probe'>): Findings {
  if (!answer.ok) return { of: () => undefined, stalled: 0, overflowed: [], failure: answer.reason };
  const { attempts, ...rest }: ProbeResult = answer.result;
  const byKey = new Map(keys.map((key, index) => [key, attempts[index]]));
  return { of: (ask) => byKey.get(keyOf(ask)), ...rest, boot: answer.boot };
}
