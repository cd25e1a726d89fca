// @ts-check
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { attempt } from './command.mjs';
import { root } from './folders.mjs';
import { inherited } from './inherited.mjs';

/** @type {[string, ...string[]]} */
const mocha = [process.execPath, join(root, 'node_modules/mocha/bin/mocha.js')];
/** Beside those that package.json's "mocha" names. Without `--jobs` mocha leaves one core idle: of two, half. */
const units = ['packages/setup/src/**/*.test.mjs', '--parallel', `--jobs=${availableParallelism()}`];

/**
 * The unit tests, shown as mocha shows them.
 *
 * @param {readonly string[]} args for mocha
 * @returns {Promise<number>} its exit code
 */
export async function unit(args) {
  process.chdir(root);
  return (await inherited([...mocha, ...units, ...args])).exitCode;
}

/** The unit tests, quietly. */
export function countedUnits() {
  return counted('unit tests', units);
}

/** One file alone, and none of those that package.json names. */
const alone = ['--no-package', '--no-config', '--extension', 'ts'];

/** Bad luck, done to runs on a real cluster; quietly. */
export function countedBadLuck() {
  return counted('bad luck', [...alone, 'packages/bench/src/bad-luck/bad-luck.ts']);
}

/**
 * What the workflows run, done here on a real cluster; quietly.
 *
 * @param {string} runs what `netproof run --json` wrote: the jobs that merge and publish get these runs, too
 */
export function countedWorkflows(runs) {
  return counted('workflows', [...alone, 'packages/actions/src/on-cluster.ts'], { NETPROOF_RUNS: runs });
}

/**
 * @param {string} title
 * @param {readonly string[]} args for mocha
 * @param {NodeJS.ProcessEnv} [env] beside ours
 * @returns {Promise<import('./totals.mjs').Part & { output: string }>} `output` shows what failed
 */
async function counted(title, args, env = {}) {
  const file = join(root, `node_modules/.cache/netproof-${title.replace(' ', '-')}-${process.pid}.json`);
  try {
    const report = ['--reporter', 'json', '--reporter-option', `output=${file}`];
    const { exitCode, output } = await attempt([...mocha, ...args, ...report], {
      cwd: root,
      env: { ...process.env, ...env },
    });
    return { title, exitCode: exitCode ?? 1, ...readReport(file, output) };
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
    return { totals: undefined, failures: [], output };
  }
  const { passes, failures, pending } = report.stats;
  return {
    totals: { passed: passes, failed: failures, skipped: pending },
    failures: report.failures.map((/** @type {{ fullTitle: string }} */ { fullTitle }) => fullTitle),
    output: `${report.failures.map(shown).join('\n')}${output}`,
  };
}

/** @param {{ fullTitle: string, file: string, err: { message?: string, stack?: string } }} failure */
function shown({ fullTitle, file, err }) {
  return `${fullTitle}\n${file}\n${err.stack ?? err.message}\n`;
}
