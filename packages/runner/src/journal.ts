import { appendFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { cleaned, exitCode, NetproofError, type NewEvent } from '@netproof/core';

/** Appends events to a run's `journal.jsonl`. */
export class Journal {
  readonly file: string;
  #torn = false;

  constructor(file: string) {
    this.file = file;
  }

  /**
   * Appends one event, without tokens, keys and certificates. Written synchronously, so that what was seen survives a killed harness;
   * O_APPEND keeps the lines of a cell's process and of its parent whole.
   *
   * @throws NetproofError `JOURNAL_UNWRITABLE`: what is not in the journal was not seen, so the run ends
   */
  write(event: NewEvent): void {
    // After a write that failed in its middle (a full disk) the next event needs a line of its own.
    const start = this.#torn ? '\n' : '';
    this.#torn = true;
    const line = JSON.stringify({ t: new Date().toISOString(), ...cleaned(event) });
    try {
      appendFileSync(this.file, `${start}${line}\n`);
    } catch (cause) {
      throw new NetproofError('the journal can no longer be written', {
        code: 'JOURNAL_UNWRITABLE',
        exit: exitCode.environment,
        hint: `free space for ${dirname(this.file)}, then go on with: pnpm netproof run --resume ${dirname(this.file)}`,
        cause,
      });
    }
    this.#torn = false;
  }
}

/** Does a part of the work and writes how long it took. */
export async function timed<T>(journal: Journal, phase: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const value = await work();
  journal.write({ event: 'phase', phase, ms: performance.now() - start });
  return value;
}

/**
 * The same of a wait without whose end the run goes on.
 *
 * @param work resolves with why it did not come to it, or with nothing
 */
export async function timedWait(
  journal: Pick<Journal, 'write'>,
  phase: string,
  work: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const start = performance.now();
  const why = await work();
  const ms = performance.now() - start;
  journal.write({ event: 'phase', phase, ms, ...(why !== undefined && { why }) });
  return why;
}
