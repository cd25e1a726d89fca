import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { JournalEvent } from '@netproof/core';
import { cli } from '../netproof.ts';

/** How a command ended: with a code, or by a signal. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A `netproof run` that goes on beside a test, which watches its journal and its output. */
export class Command {
  /** All that it printed, without colours. */
  output = '';
  readonly ended: Promise<Ended>;
  readonly #folder: () => string | undefined;
  readonly #child: ChildProcess;
  readonly #looks = new Set<() => void>();
  #watcher: FSWatcher | undefined;

  /** @param folder of its run, once there is one */
  constructor(argv: readonly string[], folder: () => string | undefined) {
    this.#folder = folder;
    this.#child = spawn(process.execPath, [cli, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += stripVTControlCharacters(text);
        this.#look();
      });
    }
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      this.#watcher?.close();
      return { code, signal };
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('netproof could not be started');
    return this.#child.pid;
  }

  /** The whole lines of its journal so far. */
  get events(): readonly JournalEvent[] {
    const file = this.#journal();
    if (file === undefined) return [];
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as JournalEvent);
  }

  of<E extends JournalEvent['event']>(kind: E): Extract<JournalEvent, { event: E }>[] {
    return this.events.filter((event): event is Extract<JournalEvent, { event: E }> => event.event === kind);
  }

  /** Resolves as soon as its journal or its output shows something; rejects where it ends without. */
  async until(what: string, shown: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (shown()) resolve();
    };
    this.#looks.add(look);
    look();
    const over = this.ended.then(() => {
      if (!shown()) throw new Error(`netproof ended before ${what}:\n${this.output}`);
    });
    try {
      await Promise.race([promise, over]);
    } finally {
      this.#looks.delete(look);
      over.catch(() => {});
    }
  }

  /** For the case that the test itself fails: nothing of it goes on. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  #journal(): string | undefined {
    const folder = this.#folder();
    const file = folder === undefined ? undefined : join(folder, 'journal.jsonl');
    return file !== undefined && existsSync(file) ? file : undefined;
  }

  #look(): void {
    const file = this.#watcher === undefined ? this.#journal() : undefined;
    if (file !== undefined) this.#watcher = watch(file, () => this.#look());
    for (const look of [...this.#looks]) look();
  }
}

/** The folder of the only run below a folder, once there is one. */
export function onlyRun(out: string): () => string | undefined {
  return () => {
    const [name] = existsSync(out) ? readdirSync(out) : [];
    return name === undefined ? undefined : join(out, name);
  };
}
