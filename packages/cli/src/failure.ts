import { styleText } from 'node:util';
import { exitCode, explain } from '@netproof/core';

/** Prints how the command failed and says how to exit. */
export function tellFailure(error: unknown): number {
  const { exit, hint, code } = error as { exit?: unknown; hint?: unknown; code?: unknown };
  if (typeof exit !== 'number') {
    const stack = error instanceof Error ? error.stack : undefined;
    process.stderr.write(`${styleText('red', 'netproof failed')}: ${explain(error)}\n${stack ?? ''}\n`);
    process.stderr.write('  this is a defect of netproof: please report it with these lines\n');
    return exitCode.defect;
  }
  process.stderr.write(
    `${styleText('red', 'netproof')}: ${explain(error)}${typeof code === 'string' ? ` (${code})` : ''}\n`,
  );
  if (typeof hint === 'string') process.stderr.write(`  ${hint}\n`);
  return exit;
}
