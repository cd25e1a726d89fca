// @ts-check
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a command with our terminal, to its end. On Ctrl-C the terminal tells the command itself, so that we only
 * wait; SIGTERM and SIGHUP are sent to us alone, and handed on.
 *
 * @param {readonly [string, ...string[]]} argv
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ exitCode: number, interrupted: boolean }>} the exit code as a shell would give it (128 and
 *   the signal's number), and whether somebody wanted it to end
 */
export function inherited([file, ...args], env = process.env) {
  return new Promise((resolve, reject) => {
    let interrupted = false;
    const child = spawn(file, args, { env, stdio: 'inherit' });
    const wait = () => {
      interrupted = true;
    };
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      interrupted = true;
      child.kill(signal);
    };
    const settle = () => {
      process.off('SIGINT', wait).off('SIGTERM', forward).off('SIGHUP', forward);
    };
    process.on('SIGINT', wait).on('SIGTERM', forward).on('SIGHUP', forward);
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('exit', (code, signal) => {
      settle();
      resolve({ exitCode: code ?? 128 + constants.signals[signal ?? 'SIGKILL'], interrupted });
    });
  });
}
