import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { explain, withoutSecrets } from '@netproof/core';

/** What was kept of one failed check. */
export interface Evidence {
  readonly folder: string;
  /** In the order of reading; paths are relative to the run's folder, as the journal holds them. */
  readonly files: readonly { readonly title: string; readonly file: string }[];
  /** What could not be collected, a line each. */
  readonly problems: readonly string[];
  /** How far one more probe came, in a sentence: where it was seen for the last time. */
  readonly lastSeen?: string;
}

/** More of one text than this, in characters, nobody reads. */
const longest = 400_000;

interface Part {
  readonly title: string;
  readonly name: string;
  readonly content: () => Promise<string | Buffer>;
}

/** A folder below `evidence/` in a run's folder, filled until it is closed. */
export class Folder {
  readonly path: string;
  readonly #files: { title: string; file: string }[] = [];
  readonly #problems: string[] = [];
  #lastSeen: string | undefined;
  #open = true;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder; one of the same name has its number behind it: `…-2`. */
  static async make(run: string, name: string): Promise<Folder> {
    const all = join(run, 'evidence');
    await mkdir(all, { recursive: true });
    for (let number = 1; ; number += 1) {
      const path = join(all, number === 1 ? name : `${name}-${number}`);
      try {
        await mkdir(path);
        return new Folder(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  /** Adds a file. It never rejects: what stands in the way is a problem of the evidence alone. */
  async add({ title, name, content }: Part): Promise<void> {
    try {
      const raw = await content();
      if (!this.#open) return;
      await writeFile(join(this.path, name), typeof raw === 'string' ? readable(raw) : raw);
      if (this.#open) this.#files.push({ title, file: this.#fromRun(name) });
    } catch (error) {
      this.problem(`${title}: ${explain(error)}`);
    }
  }

  problem(line: string): void {
    if (this.#open) this.#problems.push(withoutSecrets(line));
  }

  /** @param sentence see {@link Evidence.lastSeen} */
  lastSeen(sentence: string): void {
    if (this.#open) this.#lastSeen = withoutSecrets(sentence);
  }

  /** Nothing is added any more. */
  async close(): Promise<Evidence> {
    this.#open = false;
    const files = [...this.#files];
    const problems = [...this.#problems];
    if (problems.length > 0) {
      const name = 'not-collected.txt';
      await writeFile(join(this.path, name), `${problems.join('\n')}\n`).then(
        () => files.push({ title: 'What could not be collected', file: this.#fromRun(name) }),
        (error: unknown) => problems.push(`${name}: ${explain(error)}`),
      );
    }
    const lastSeen = this.#lastSeen;
    return { folder: this.path, files, problems, ...(lastSeen !== undefined && { lastSeen }) };
  }

  #fromRun(name: string): string {
    return join(basename(dirname(this.path)), basename(this.path), name);
  }
}

function readable(raw: string): string {
  const text = withoutSecrets(raw);
  if (text.length <= longest) return text.endsWith('\n') ? text : `${text}\n`;
  return `${text.slice(0, longest)}\n… cut here, after ${longest} of ${text.length} characters\n`;
}
