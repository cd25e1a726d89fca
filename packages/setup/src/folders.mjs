// @ts-check
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from './error.mjs';

/** The repository's root, without a slash at the end. */
export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** Everything that the set-up keeps outside the repository. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'netproof');

/**
 * @param {string} path of a folder in the cache, or elsewhere with its own hint
 * @param {string} [hint]
 * @throws {SetupError} `FOLDER_NOT_WRITABLE`
 */
export function ensureFolder(path, hint = 'set XDG_CACHE_HOME to a folder that this user may write to') {
  try {
    makeFolder(path);
  } catch (cause) {
    throw new SetupError(`cannot make the folder ${path}: ${/** @type {Error} */ (cause).message}`, {
      code: 'FOLDER_NOT_WRITABLE',
      hint,
      cause,
    });
  }
}

/**
 * Makes a folder and those above it. Not Node's own recursive mkdir: that one never ends below /proc, where making
 * a folder says that its parent is not there.
 *
 * @param {string} path may exist
 * @throws {NodeJS.ErrnoException} of the first one that cannot be made
 */
export function makeFolder(path) {
  const missing = [path];
  for (let above = dirname(path); !existsSync(above); above = dirname(above)) missing.unshift(above);
  for (const one of missing) {
    try {
      mkdirSync(one);
    } catch (error) {
      if (!existsSync(one) || !statSync(one).isDirectory()) throw error;
    }
  }
}
