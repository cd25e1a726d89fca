// @ts-check
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError } from './error.mjs';

/** Of a command that failed, this many last lines are shown. */
const shownLines = 15;

/**
 * Runs a command to its end with no input, and keeps its output.
 *
 * @param {readonly [string, ...string[]]} argv
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, bound?: number | undefined }} [options]
 *   `bound`: milliseconds after which it is killed
 * @returns {Promise<{ exitCode: number | null, stdout: string, output: string, late: boolean }>}
 *   `exitCode` null where it could not be started, or a signal or its bound ended it; `output` stdout and stderr in order;
 *   `late` whether its bound ended it
 */
export function attempt([file, ...args], { env = process.env, cwd, bound } = {}) {
  return new Promise((resolve) => {
    let stdout = '';
    let output = '';
    let late = false;
    const child = spawn(file, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => {
      late = true;
      child.kill('SIGKILL');
      // What it started may hold its output open; nobody reads that any more.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = bound === undefined ? undefined : setTimeout(end, bound);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    /** @param {number | null} exitCode */
    const settle = (exitCode) => {
      clearTimeout(timer);
      resolve({ exitCode: late ? null : exitCode, stdout, output, late });
    };
    child.on('error', (error) => {
      output = error.message;
      settle(null);
    });
    child.on('close', settle);
  });
}

/**
 * Runs a command that must succeed.
 *
 * @param {readonly [string, ...string[]]} argv
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, hint?: string }} [options]
 * @returns {Promise<string>} its stdout
 * @throws {SetupError} `COMMAND_FAILED` with its last lines
 */
export async function run(argv, { hint, ...options } = {}) {
  const { exitCode, stdout, output } = await attempt(argv, options);
  if (exitCode === 0) return stdout;
  throw new SetupError(
    `${argv.join(' ')}: ${exitCode === null ? 'did not run to its end' : `exit code ${exitCode}`}\n${lastLines(output)}`,
    {
      code: 'COMMAND_FAILED',
      hint,
    },
  );
}

/**
 * @param {string} text
 * @returns {string} its last lines, indented
 */
export function lastLines(text) {
  return text
    .trim()
    .split('\n')
    .slice(-shownLines)
    .map((line) => `  ${line}`)
    .join('\n');
}

/**
 * Where a command is, as a shell would find it.
 *
 * @param {string} name
 * @param {string} [path] a PATH
 * @returns {string | undefined}
 */
export function which(name, path = process.env.PATH ?? '') {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
