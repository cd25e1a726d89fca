import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The command's main module. */
export const cli = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));

/** Runs the command `netproof` to its end, its output on ours. @returns its duration in milliseconds */
export async function netproof(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const start = performance.now();
  const code = await attempt(argv, env);
  if (code !== 0) throw new Error(`netproof ${argv.join(' ')} ended with ${code}`);
  return performance.now() - start;
}

/** Runs it to its end, whichever that is. @returns its exit code; null where a signal ended it */
export async function attempt(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(process.execPath, [cli, ...argv], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const [code] = await once(child, 'exit');
  return code;
}
