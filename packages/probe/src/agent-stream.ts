import { setTimeout as pause } from 'node:timers/promises';
import { bounds, type Endpoint, explain, type Milliseconds } from '@netproof/core';
import type { Program, Report, Verb, Verbs } from './agent/wire.ts';
import { connect, type Link, type Open } from './link.ts';
import type { Openings } from './openings.ts';
import { starved, type Timing } from './reach.ts';

/** A control stream was lost, came back, or stayed away. */
export interface StreamEvent {
  /** Id of the endpoint. */
  readonly endpoint: string;
  readonly state: 'lost' | 'returned' | 'gone';
  readonly message: string;
}

/** What an agent answered, or why nothing is known. */
export type Answered<V extends Verb> =
  | { readonly ok: true; readonly result: Verbs[V]['result']; readonly boot: string }
  | { readonly ok: false; readonly reason: string };

interface Pending {
  readonly program: Program;
  /** The life of the agent that has been asked; undefined until the first time. */
  boot?: string;
  readonly askedAt: number;
  readonly windows: Milliseconds;
  timer?: NodeJS.Timeout;
  /** Whether the agent has said since that it stood still. */
  stoodStill?: boolean;
  readonly settle: (answer: Answered<Verb>) => void;
}

const closed = 'the control stream was closed';

/** What the streams of a run have in common. */
export interface StreamPlan {
  readonly open: Open;
  readonly openings: Openings;
  readonly timing: Timing;
  readonly onStream: (event: StreamEvent) => void;
}

/**
 * The control stream to one agent for a whole run. A stream that is lost is opened again and what was in
 * flight is asked for again by its id, which the agent runs once and answers once. Asking never rejects.
 */
export class AgentStream {
  /** How many streams have been opened; 1 in an undisturbed run. */
  opened = 0;
  readonly endpoint: Endpoint;
  readonly #plan: StreamPlan;
  readonly #timing: Timing;
  readonly #pending = new Map<string, Pending>();
  readonly #closing = new AbortController();
  #link: Link | undefined;
  #reaching = false;
  #gone = false;

  constructor(endpoint: Endpoint, plan: StreamPlan) {
    this.endpoint = endpoint;
    this.#plan = plan;
    this.#timing = plan.timing;
  }

  /**
   * Opens the stream for the first time. What is asked meanwhile is asked then.
   *
   * @param bound so long it tries; once without it
   * @throws NetproofError when the agent cannot be reached
   */
  async start(bound?: Milliseconds): Promise<void> {
    this.#reaching = true;
    try {
      if (bound === undefined) await this.#connect(() => this.#timing.agentAnswer);
      else await this.#connectWithin(bound);
    } catch (error) {
      this.#reaching = false;
      this.#giveUpAll(explain(error));
      throw error;
    }
  }

  /** Has the agent run a program whose windows take no longer than given. */
  ask<V extends Verb>(
    program: Verbs[V]['program'] & { verb: V },
    windows: Milliseconds,
  ): Promise<Answered<V>> {
    if (this.#closing.signal.aborted) return Promise.resolve(this.#no(closed));
    const { promise, resolve } = Promise.withResolvers<Answered<V>>();
    const id = crypto.randomUUID();
    const settle: Pending['settle'] = (answer) => resolve(answer as Answered<V>);
    const pending: Pending = { program, askedAt: performance.now(), windows, settle };
    this.#pending.set(id, pending);
    if (this.#link !== undefined) this.#send(this.#link, id, pending, 0);
    else if (!this.#reaching) void this.#reach(this.#timing.agentAnswer, 'it had been given up');
    this.#arm(id, pending);
    return promise;
  }

  /** Has the agent end its process, and the stream with it. Nothing can be asked any more. */
  end(): void {
    this.#closing.abort();
    this.#link?.say({ type: 'end' });
    this.#giveUpAll(closed);
  }

  close(): void {
    this.#closing.abort();
    this.#link?.close();
    this.#giveUpAll(closed);
  }

  /** @param deadline asked when its turn has come */
  async #connect(deadline: () => Milliseconds): Promise<void> {
    const { open, openings } = this.#plan;
    const link = await openings.inTurn(this.endpoint.node, () => {
      this.#closing.signal.throwIfAborted();
      this.opened += 1;
      const hear = (report: Report) => this.#hear(report);
      return connect(this.endpoint, open, this.#timing, deadline(), hear, this.#closing.signal);
    });
    if (this.#closing.signal.aborted) return link.close();
    this.#link = link;
    this.#reaching = false;
    this.#gone = false;
    void link.lost.then((reason) => this.#lost(reason));
    const now = performance.now();
    for (const [id, pending] of this.#pending) this.#send(link, id, pending, now - pending.askedAt);
  }

  #send(link: Link, id: string, pending: Pending, waited: Milliseconds): void {
    if (pending.boot !== undefined && pending.boot !== link.boot) {
      this.#giveUp(id, 'its agent started anew while it probed');
      return;
    }
    pending.boot = link.boot;
    link.say({ type: 'run', id, waited, program: pending.program });
  }

  #hear(report: Report): void {
    if (report.type === 'beat' && report.stalled > this.#timing.starvation) {
      for (const pending of this.#pending.values()) pending.stoodStill = true;
    }
    if (report.type !== 'result' && report.type !== 'failed') return;
    this.#link?.say({ type: 'forget', id: report.id });
    const boot = this.#pending.get(report.id)?.boot ?? '';
    if (report.type === 'result') this.#settle(report.id, { ok: true, result: report.result, boot });
    else this.#giveUp(report.id, report.reason);
  }

  #lost(reason: string): void {
    this.#link = undefined;
    if (this.#closing.signal.aborted) return;
    this.#say('lost', reason);
    void this.#reach(this.#timing.streamReturn, reason);
    for (const [id, pending] of this.#pending) this.#arm(id, pending);
  }

  async #reach(bound: Milliseconds, lostBy: string): Promise<void> {
    this.#reaching = true;
    const since = performance.now();
    try {
      await this.#connectWithin(bound);
      this.#say('returned', `after ${Math.round(performance.now() - since)} ms`);
    } catch (error) {
      this.#reaching = false;
      if (this.#closing.signal.aborted) return;
      const why = explain(error);
      if (!this.#gone) this.#say('gone', why);
      this.#gone = true;
      this.#giveUpAll(`the control stream was lost (${lostBy}) and did not return: ${why}`);
    }
  }

  /**
   * Tries until the bound has passed, at least once.
   *
   * @throws what stood in the way of the last try
   */
  async #connectWithin(bound: Milliseconds): Promise<void> {
    /** What waits for its turn does not count. */
    let until: Milliseconds | undefined;
    let asked = performance.now();
    const deadline = () => {
      const now = performance.now();
      until = until === undefined ? now + bound : until + (now - asked);
      return Math.min(this.#timing.agentAnswer, Math.max(0, until - now));
    };
    for (;;) {
      try {
        asked = performance.now();
        return await this.#connect(deadline);
      } catch (error) {
        const over = until === undefined || performance.now() + bounds.streamPace > until;
        if (over || this.#closing.signal.aborted) throw error;
      }
      await pause(bounds.streamPace, undefined, { signal: this.#closing.signal });
    }
  }

  /** A program's deadline; a stream that is away has some time more to come back. */
  #arm(id: string, pending: Pending): void {
    const { agentAnswer, streamReturn } = this.#timing;
    const patience = agentAnswer + pending.windows + (this.#reaching ? streamReturn : 0);
    const left = Math.max(0, pending.askedAt + patience - performance.now());
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => {
      // An agent that lives and says itself that it stands still has not failed.
      if (pending.stoodStill && this.#link !== undefined) this.#settle(id, { ok: false, reason: starved });
      else this.#giveUp(id, `no answer within ${Math.round(patience)} ms`);
    }, left);
  }

  #giveUpAll(reason: string): void {
    for (const id of [...this.#pending.keys()]) this.#giveUp(id, reason);
  }

  #giveUp(id: string, reason: string): void {
    this.#settle(id, this.#no(reason));
  }

  #no(reason: string) {
    return { ok: false, reason: `${this.endpoint.id}: ${reason}` } as const;
  }

  #settle(id: string, answer: Answered<Verb>): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    this.#pending.delete(id);
    pending.settle(answer);
  }

  #say(state: StreamEvent['state'], message: string): void {
    this.#plan.onStream({ endpoint: this.endpoint.id, state, message });
  }
}
