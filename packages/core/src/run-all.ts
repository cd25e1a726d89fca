import type { Nodes } from './ports.ts';

/** Between the outputs of two commands. */
export const seam = 'netproof-next-command';

/**
 * Runs commands on a node, one after the other up to the first that fails, in one go: to get into a node takes ten
 * times longer than most of what is done there.
 *
 * @returns what each has printed
 */
export async function runAll(
  nodes: Nodes,
  node: string,
  commands: readonly (readonly string[])[],
): Promise<readonly string[]> {
  if (commands.length === 0) return [];
  const script = commands.map((argv) => argv.map(quoted).join(' ')).join(`\necho ${seam}\n`);
  return (await nodes.run(node, ['sh', '-ec', script])).stdout.split(`${seam}\n`);
}

/** The same on several nodes at once: each is given its own commands, in their order. */
export async function runOnEach(
  nodes: Nodes,
  commands: readonly { readonly node: string; readonly argv: readonly string[] }[],
): Promise<void> {
  const byNode = [...Map.groupBy(commands, ({ node }) => node)];
  await allEnded(
    byNode.map(([node, here]) =>
      runAll(
        nodes,
        node,
        here.map(({ argv }) => argv),
      ),
    ),
  );
}

/** Rejects as the first that does, but once all have ended: what goes on meanwhile could not be undone. */
export async function allEnded(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
