import pLimit, { type LimitFunction } from 'p-limit';

/** Each costs the API server a handshake. */
export const overAll = 128;
/**
 * Each is a process in its pod that takes tenths of a second of CPU to start. A hundred that start at once on a few cores
 * are all late, are begun again and are late again.
 */
export const onNode = 4;

/** The control streams that are being opened: so many at a time, over all and on each node. */
export class Openings {
  readonly #all = pLimit(overAll);
  readonly #byNode = new Map<string, LimitFunction>();

  /** Opens one when its turn has come: its bound begins then. */
  inTurn<T>(node: string, open: () => Promise<T>): Promise<T> {
    const own = this.#byNode.get(node) ?? pLimit(onNode);
    this.#byNode.set(node, own);
    return own(() => this.#all(open));
  }
}
