// @ts-check
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt } from './command.mjs';
import { root } from './folders.mjs';
import { inherited } from './inherited.mjs';

/** mocha, and the tests of the set-up beside those that package.json's "mocha" names. @type {[string, ...string[]]} */
const mocha = [
  process.execPath,
  join(root, 'node_modules/mocha/bin/mocha.js'),
  'packages/setup/src/**/*.test.mjs',
];

/**
 * The unit tests, shown as mocha shows them.
 *
 * @param {readonly string[]} args for mocha
 * @returns {Promise<number>} its exit code
 */
export async function unit(args) {
  process.chdir(root);
  return (await inherited([...mocha, ...args])).exitCode;
}

/**
 * The unit tests, quietly.
 *
 * @returns {Promise<import('./totals.mjs').Part & { output: string }>} `output` shows what failed
 */
export async function countedUnits() {
  const file = join(root, `node_modules/.cache/netproof-units-${process.pid}.json`);
  try {
    const report = ['--reporter', 'json', '--reporter-option', `output=${file}`];
    const { exitCode, output } = await attempt([...mocha, ...report], { cwd: root });
    return { title: 'unit tests', exitCode: exitCode ?? 1, ...readReport(file, output) };
  } finally {
    await rm(file, { force: true });
  }
}

/**
 * @param {string} file that mocha's JSON reporter wrote, or did not
 * @param {string} output what mocha said else
 */
function readReport(file, output) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { totals: undefined, output };
  }
  const { passes, failures, pending } = report.stats;
  return {
    totals: { passed: passes, failed: failures, skipped: pending },
    output: `${report.failures.map(shown).join('\n')}${output}`,
  };
}

/** @param {{ fullTitle: string, file: string, err: { message?: string, stack?: string } }} failure */
function shown({ fullTitle, file, err }) {
  return `${fullTitle}\n${file}\n${err.stack ?? err.message}\n`;
}
