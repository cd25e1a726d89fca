import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';

/** What jobs of one run of a workflow hand on to each other: a folder for each, by its name. */
export class Artifacts {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What is in the folder becomes the artifact, as with actions/upload-artifact. */
  async upload(name: string, path: string): Promise<void> {
    if (!(await stat(path)).isDirectory()) throw new Error(`${path} is no folder`);
    await cp(path, join(this.#folder, name), { recursive: true, errorOnExist: true, force: false });
  }

  /** One by its name into the folder itself, or each that matches into one of its name there. */
  async download(
    path: string,
    { name, pattern }: { readonly name?: string; readonly pattern?: string },
  ): Promise<void> {
    await mkdir(path, { recursive: true });
    if (name !== undefined) return cp(join(this.#folder, name), path, { recursive: true });
    for (const one of await this.names()) {
      if (matchesGlob(one, pattern ?? '*'))
        await cp(join(this.#folder, one), join(path, one), { recursive: true });
    }
  }

  async names(): Promise<readonly string[]> {
    return (await readdir(this.#folder)).toSorted();
  }
}
