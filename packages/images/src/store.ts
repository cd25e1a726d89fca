import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { filesBelow, hashFile } from './key.ts';

/** A component that is not wanted now is kept this long, for a way back to older pins. */
const unusedBound = 14 * 24 * 3600 * 1000;

const manifestName = 'manifest.json';

/** The folder beside the manifest that holds what was built. */
const content = 'files';

interface Manifest {
  readonly name: string;
  readonly key: string;
  /** Where it was taken from, which was made elsewhere. */
  readonly origin?: string;
  /** SHA-256 by path inside the folder. */
  readonly files: Readonly<Record<string, string>>;
}

interface Temporary extends AsyncDisposable {
  /** Absolute where the store's is. */
  readonly path: string;
}

/** Where builds are kept: `$NETPROOF_CACHE`, or `netproof/images` in the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.NETPROOF_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'netproof', 'images');
}

/**
 * Finished components, a folder each, named by name and key. A folder is written under another name and
 * renamed when it is whole, so what stands here is whole unless somebody damaged it, which its hashes show.
 */
export class Store {
  readonly root: string;
  readonly #onDamage: (message: string) => void;

  constructor(root: string, onDamage: (message: string) => void) {
    this.root = root;
    this.#onDamage = onDamage;
  }

  /** Path of a finished component's file. */
  file(name: string, key: string, path: string): string {
    return join(this.#folder(name, key), content, path);
  }

  #folder(name: string, key: string): string {
    return join(this.root, 'components', `${name}-${key}`);
  }

  /** Whether a component is there, its files not looked at. */
  async seems(name: string, key: string): Promise<boolean> {
    return typeof (await readManifest(this.#folder(name, key))) === 'object';
  }

  /** Whether a component is there and every file has its hash. A damaged one is removed. */
  async has(name: string, key: string): Promise<boolean> {
    const folder = this.#folder(name, key);
    const manifest = await readManifest(folder);
    if (manifest === undefined) return false;
    const damaged = manifest === 'damaged' ? manifestName : await firstDamaged(folder, manifest);
    if (damaged === undefined) {
      const now = new Date();
      await utimes(join(folder, manifestName), now, now);
      return true;
    }
    this.#onDamage(`${join(folder, damaged)} does not match its hash; ${name} is built again`);
    // Another run may have found the same.
    await rm(folder, { recursive: true, force: true });
    return false;
  }

  /** Where a component was taken from; undefined where it was made here, or nothing is known of it. */
  async origin(name: string, key: string): Promise<string | undefined> {
    const manifest = await readManifest(this.#folder(name, key));
    return typeof manifest === 'object' ? manifest.origin : undefined;
  }

  /** Removes a component, or the note of where one that lives elsewhere comes from. */
  async remove(name: string, key: string): Promise<void> {
    await rm(this.#folder(name, key), { recursive: true, force: true });
  }

  /**
   * Fills a folder by `write` and then takes it in. An interrupted `write` leaves nothing that counts.
   *
   * @param origin where it was taken from; absent where it was made here
   */
  async add(
    name: string,
    key: string,
    write: (folder: string) => Promise<void>,
    origin?: string,
  ): Promise<void> {
    await using temporary = await this.temporary(name);
    const { path } = temporary;
    await mkdir(join(path, content));
    await write(join(path, content));
    const files: Record<string, string> = {};
    for (const file of await filesBelow(path)) files[relative(path, file)] = await hashFile(file);
    const manifest: Manifest = { name, key, ...(origin !== undefined && { origin }), files };
    await writeFile(join(path, manifestName), `${JSON.stringify(manifest, null, 1)}\n`);
    const folder = this.#folder(name, key);
    await mkdir(join(this.root, 'components'), { recursive: true });
    await rm(folder, { recursive: true, force: true });
    await rename(path, folder);
  }

  /** A new empty folder, until it is disposed of; {@link Store.sweep} removes it where that did not happen. */
  async temporary(name: string): Promise<Temporary> {
    const parent = join(this.root, 'temporary');
    await mkdir(parent, { recursive: true });
    const path = await mkdtemp(join(parent, `${name}-`));
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
  }

  /** Removes what an interrupted build left, and what is not kept and long unused. Only under the lock. */
  async sweep(keep: ReadonlyMap<{ readonly name: string }, string>, now = Date.now()): Promise<void> {
    await rm(join(this.root, 'temporary'), { recursive: true, force: true });
    const kept = new Set([...keep].map(([{ name }, key]) => this.#folder(name, key)));
    const components = join(this.root, 'components');
    for (const name of await readdir(components).catch(() => [])) {
      const folder = join(components, name);
      const used = await stat(join(folder, manifestName)).catch(() => undefined);
      if (!kept.has(folder) && (used === undefined || now - used.mtimeMs > unusedBound)) {
        await rm(folder, { recursive: true });
      }
    }
  }
}

async function readManifest(folder: string): Promise<Manifest | 'damaged' | undefined> {
  try {
    const manifest = JSON.parse(
      await readFile(join(folder, manifestName), 'utf8'),
    ) as Partial<Manifest> | null;
    return manifest?.files ? (manifest as Manifest) : 'damaged';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return 'damaged';
    throw error;
  }
}

async function firstDamaged(folder: string, { files }: Manifest): Promise<string | undefined> {
  for (const [path, hash] of Object.entries(files)) {
    const found = await hashFile(join(folder, path)).catch(() => undefined);
    if (found !== hash) return path;
  }
  return undefined;
}
