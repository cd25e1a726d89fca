import { StringDecoder } from 'node:string_decoder';

/*
 * Imports Node only: the agent, which has no dependency, uses it too (`@netproof/kube/lines`).
 */

/** Cuts what arrives in pieces into lines; a character that is split between pieces stays whole. */
export class Lines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(piece: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(piece)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
  }
}
