import { counterIn, readSnmp } from './snmp.ts';

/** How often the counter is looked at, in milliseconds: as much longer ago may a datagram have been lost that is counted. */
const tick = 250;

/** Readings older than this are forgotten, but for the last; no program is longer. */
const memory = 600_000;

/**
 * How many datagrams the UDP sockets of this network had no room for since it began (`RcvbufErrors`). They came, and
 * the process that should have read them did not get the CPU: a burst fills a buffer in less time than a standstill
 * takes to be seen. It is read all the time, because the burst of a program may come before the agent has read anything
 * for it.
 */
export class Overflows {
  readonly #read: () => number;
  /** Each count with when it was first read. */
  readonly #seen: { readonly from: number; readonly count: number }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(read = overflowed) {
    this.#read = read;
    this.#look();
    this.#timer = setInterval(() => this.#look(), tick);
    this.#timer.unref();
  }

  /**
   * The last count that was read before `start` (performance.now()), or the first where that is before the agent's
   * time, and the count now.
   */
  since(start: number): readonly [number, number] {
    const now = this.#look();
    const before = this.#seen.findLast(({ from }) => from <= start) ?? this.#seen[0];
    return [before?.count ?? now, now];
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): number {
    const now = performance.now();
    const count = this.#read();
    if (this.#seen.at(-1)?.count !== count) this.#seen.push({ from: now, count });
    while (this.#seen[1] !== undefined && this.#seen[1].from < now - memory) this.#seen.shift();
    return count;
  }
}

export function overflowed(): number {
  return counterIn(readSnmp(), 'Udp', 'RcvbufErrors');
}
