import { styleText } from 'node:util';
import { exitCode, explain, withoutSecrets } from '@netproof/core';

/** Prints how the command failed, without what kubeadm prints of its tokens, and says how to exit. */
export function tellFailure(error: unknown): number {
  const { exit, hint, code } = error as { exit?: unknown; hint?: unknown; code?: unknown };
  const told = withoutSecrets(explain(error));
  if (typeof exit !== 'number') {
    const stack = error instanceof Error ? error.stack : undefined;
    process.stderr.write(`${styleText('red', 'netproof failed')}: ${told}\n${withoutSecrets(stack ?? '')}\n`);
    process.stderr.write('  this is a defect of netproof: please report it with these lines\n');
    return exitCode.defect;
  }
  process.stderr.write(
    `${styleText('red', 'netproof')}: ${told}${typeof code === 'string' ? ` (${code})` : ''}\n`,
  );
  if (typeof hint === 'string') process.stderr.write(`  ${hint}\n`);
  return exit;
}
