import { styleText } from 'node:util';
import { exitCode, explain, withoutSecrets } from '@netproof/core';
import { inert } from './reporters/github.ts';

/** A message may quote what a command printed, which GitHub must not take for a command to itself. */
const shown = (text: string) => (process.env.GITHUB_ACTIONS === 'true' ? inert(text) : text);

/** Prints how the command failed, without what kubeadm prints of its tokens, and says how to exit. */
export function tellFailure(error: unknown): number {
  const { exit, hint, code } = error as { exit?: unknown; hint?: unknown; code?: unknown };
  const told = shown(withoutSecrets(explain(error)));
  if (typeof exit !== 'number') {
    const stack = error instanceof Error ? error.stack : undefined;
    process.stderr.write(
      `${styleText('red', 'netproof failed')}: ${told}\n${shown(withoutSecrets(stack ?? ''))}\n`,
    );
    process.stderr.write('  this is a defect of netproof: please report it with these lines\n');
    return exitCode.defect;
  }
  process.stderr.write(
    `${styleText('red', 'netproof')}: ${told}${typeof code === 'string' ? ` (${code})` : ''}\n`,
  );
  if (typeof hint === 'string') process.stderr.write(`  ${hint}\n`);
  return exit;
}
