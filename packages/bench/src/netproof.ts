import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { exitCode, NetproofError, worstExit } from '@netproof/core';

/** The command's main module. */
export const cli = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));

/** Runs the command `netproof` to its end, its output on ours. @returns its duration in milliseconds */
export async function netproof(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const start = performance.now();
  const { code } = await attempt(argv, env);
  if (code !== 0) throw endedWith(code, argv);
  return performance.now() - start;
}

/** How a command ended: its exit code, null where a signal ended it, and by which process it can be known. */
export interface Attempt {
  readonly code: number | null;
  readonly pid: number | undefined;
}

/** Runs it to its end, whichever that is. */
export function attempt(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Attempt> {
  return ended(cli, argv, env);
}

/** Runs a main module to its end. Who interrupts us interrupts it, and it ends by itself. */
export async function ended(
  module: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Attempt> {
  const child = spawn(process.execPath, [module, ...argv], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  // A terminal sends its Ctrl-C to both; a SIGTERM comes to us alone.
  const stay = () => {};
  const pass = () => child.kill('SIGTERM');
  process.on('SIGINT', stay).on('SIGTERM', pass);
  try {
    const [code] = await once(child, 'exit');
    return { code, pid: child.pid };
  } finally {
    process.off('SIGINT', stay).off('SIGTERM', pass);
  }
}

/** The error of a command without whose end there is nothing to measure. */
export function endedWith(code: number | null, argv: readonly string[]): NetproofError {
  const exit = worstExit([code ?? exitCode.defect]) || exitCode.defect;
  return new NetproofError(`netproof ${argv.join(' ')} ended with ${code ?? 'a signal'}`, {
    code: 'NETPROOF_ENDED',
    exit,
    hint: 'its own words are above',
  });
}
