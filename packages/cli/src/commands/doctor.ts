import { exitCode } from '@netproof/core';
import { examine, isReady, render } from '@netproof/doctor';
import { netproofVersion } from '../places.ts';
import { terminal } from '../terminal.ts';

/** `netproof doctor`: what this machine has and lacks, with what cures it. Exit code 3 where a run cannot start. */
export async function doctorCommand({ json = false }: { readonly json?: boolean }): Promise<number> {
  const groups = await terminal().step('looking at this machine', examine);
  const ready = isReady(groups);
  const text = json ? JSON.stringify({ netproof: netproofVersion, ready, groups }, null, 2) : render(groups);
  process.stdout.write(`${text}\n`);
  return ready ? exitCode.pass : exitCode.environment;
}
