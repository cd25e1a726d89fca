import type { Endpoint, Milliseconds } from '@netproof/core';
import type { TimeSpan } from './agent/wire.ts';
import { type Clock, clockOf } from './clock.ts';
import type { Reach } from './reach.ts';

interface Remembered {
  readonly clock: Clock;
  readonly stalls: readonly TimeSpan[];
}

/** When agents stood still, by the clock of another agent. Each is asked once. */
export class Standstills {
  readonly #reach: Reach;
  readonly #asked = new Map<string, Promise<Remembered | undefined>>();
  readonly #known = new Map<string, Remembered>();

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  /** Never rejects: of an agent that does not answer nothing is known. */
  async ask(endpoints: readonly Endpoint[]): Promise<void> {
    for (const { id } of endpoints) if (!this.#asked.has(id)) this.#asked.set(id, this.#remembered(id));
    for (const { id } of endpoints) {
      const answer = await this.#asked.get(id);
      if (answer !== undefined) this.#known.set(id, answer);
    }
  }

  /**
   * The longest part of a standstill that lies in a span of time; as much more as the clocks may be off.
   *
   * @param span by the clock of `by`
   * @returns 0 where one of the two has not answered
   */
  longest(endpoint: Endpoint, by: Endpoint, span: TimeSpan): Milliseconds {
    const [its, theirs] = [this.#known.get(endpoint.id), this.#known.get(by.id)];
    if (its === undefined || theirs === undefined) return 0;
    const ahead = its.clock.ahead - theirs.clock.ahead;
    const slack = its === theirs ? 0 : its.clock.uncertainty + theirs.clock.uncertainty;
    const parts = its.stalls.map(
      ({ from, to }) => Math.min(to + ahead + slack, span.to) - Math.max(from + ahead - slack, span.from),
    );
    return Math.max(0, ...parts);
  }

  async #remembered(id: string): Promise<Remembered | undefined> {
    const stream = this.#reach.streams.get(id);
    if (stream === undefined) return undefined;
    const clock = await clockOf(stream);
    const answer = await stream.ask<'stalls'>({ verb: 'stalls' }, 0);
    if (typeof clock === 'string' || !answer.ok || answer.boot !== clock.boot) return undefined;
    return { clock, stalls: answer.result.stalls };
  }
}
