#!/usr/bin/env node
// @ts-check
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { alone } from './alone.mjs';
import { SetupError } from './error.mjs';
import { root } from './folders.mjs';
import { inherited } from './inherited.mjs';
import { parseMode } from './mode.mjs';
import { ensureModules, modulesAreCurrent } from './modules.mjs';
import { ensureNode, presentNode } from './node.mjs';

/**
 * What `npm start`, `npm test` and every `pnpm …` run first: sees to Node.js, pnpm and the workspace's packages,
 * then does what was asked for under the right Node.js, in this process where it is the right one already.
 *
 * @type {Record<import('./mode.mjs').Mode, (args: string[]) => Promise<number | undefined>>}
 */
const run = {
  netproof: (args) => script('packages/cli/src/main.ts', args),
  bench: (args) => script('packages/bench/src/main.ts', args),
  unit: async (args) => (await import('./units.mjs')).unit(args),
  check: async () => (await import('./check.mjs')).check(),
  test: async (args) => (await import('./tests.mjs')).test(args),
};

/**
 * Loads a script of another package as if it had been started itself; it sets the exit code.
 *
 * @param {string} file below the root
 * @param {string[]} args
 */
async function script(file, args) {
  const path = join(root, file);
  process.argv.splice(1, Number.POSITIVE_INFINITY, path, ...args);
  await import(pathToFileURL(path).href);
  return undefined;
}

/** @returns {Promise<string>} the executable of the right Node.js */
async function prepare() {
  // Looked at again: who was waited for may have done it.
  const node = presentNode() ?? (await ensureNode());
  await ensureModules(node);
  return node;
}

/** @returns {Promise<number | undefined>} the exit code, where it is not set elsewhere */
async function main() {
  const { mode, args } = parseMode(process.argv.slice(2));
  const present = presentNode();
  const node = present !== undefined && modulesAreCurrent() ? present : await alone(prepare);
  if (node === process.execPath) return run[mode](args);
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  return (await inherited([node, fileURLToPath(import.meta.url), mode, ...args], env)).exitCode;
}

try {
  const exitCode = await main();
  if (exitCode !== undefined) process.exitCode = exitCode;
} catch (error) {
  if (!(error instanceof SetupError)) {
    // Node would end with 1, which means that a check failed.
    process.stderr.write(`✗ the set-up failed: ${error instanceof Error ? error.stack : error}\n`);
    process.exit(4);
  }
  process.stderr.write(`✗ ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
  process.exitCode = error.exit;
}
