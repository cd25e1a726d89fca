import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Component } from './component.ts';

/** SHA-256 of a file's content, in hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Every regular file below a folder, or the file itself, sorted. */
export async function filesBelow(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * The content keys of components and of all that they need: a hash of recipe, sources and the keys of what
 * each is made from. Equal keys mean equal inputs, on any machine.
 */
export async function keysOf(components: readonly Component[]): Promise<ReadonlyMap<Component, string>> {
  const keys = new Map<Component, string>();
  const keyOf = async (component: Component): Promise<string> => {
    const known = keys.get(component);
    if (known !== undefined) return known;
    const hash = createHash('sha256').update(JSON.stringify([component.name, component.recipe]));
    for (const source of component.sources) {
      for (const file of await filesBelow(source)) {
        hash.update(JSON.stringify([relative(join(source, '..'), file), await hashFile(file)]));
      }
    }
    for (const need of component.needs) hash.update(await keyOf(need));
    const key = hash.digest('hex').slice(0, 32);
    keys.set(component, key);
    return key;
  };
  for (const component of components) await keyOf(component);
  return keys;
}
