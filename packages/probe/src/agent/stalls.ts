import type { TimeSpan } from './wire.ts';

/** How often the event loop is looked at, in milliseconds. */
const tick = 50;

/** Standstills older than this are forgotten; the longest sample with every connection silent is shorter. */
const memory = 600_000;

/**
 * Notices when the event loop stands still: then silence of the network and our own sleep look the same.
 * A plain timer, because it also sees a standstill that ends together with the timer that judges it.
 */
export class Stalls {
  readonly #seen: { readonly end: number; readonly ms: number }[] = [];
  readonly #timer: NodeJS.Timeout;
  #last = performance.now();

  constructor() {
    this.#timer = setInterval(() => this.#look(), tick);
    this.#timer.unref();
  }

  /**
   * The longest standstill in milliseconds that reached into the time since `start` (performance.now()).
   * It may come out one tick too long, never too short.
   */
  longestSince(start: number): number {
    this.#look();
    return Math.max(0, ...this.#seen.filter(({ end }) => end > start).map(({ ms }) => ms));
  }

  /** Every standstill that is remembered. */
  all(): readonly TimeSpan[] {
    this.#look();
    return this.#seen.map(({ end, ms }) => ({ from: end - ms, to: end }));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    const ms = now - this.#last;
    this.#last = now;
    if (ms > 2 * tick) this.#seen.push({ end: now, ms });
    while (this.#seen[0] !== undefined && this.#seen[0].end < now - memory) this.#seen.shift();
  }
}
