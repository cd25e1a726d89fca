// @ts-check
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from './error.mjs';

/** The repository's root, without a slash at the end. */
export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** Everything that the set-up keeps outside the repository. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'netproof');

/**
 * @param {string} path of a folder in the cache
 * @throws {SetupError} `CACHE_NOT_WRITABLE`
 */
export function ensureFolder(path) {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new SetupError(`cannot make the folder ${path}: ${/** @type {Error} */ (cause).message}`, {
      code: 'CACHE_NOT_WRITABLE',
      hint: 'set XDG_CACHE_HOME to a folder that this user may write to',
      cause,
    });
  }
}
