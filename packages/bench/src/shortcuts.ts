import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCode } from '@netproof/core';
import { removeOwned } from '@netproof/runner';
import { judgedRun, startOf } from './judged-run.ts';
import { attempt, ended, endedWith } from './netproof.ts';
import type { PlainStart } from './plain-start.ts';

/**
 * Whether the shortcuts by which a cluster is ready sooner count: all suites on a cluster with them and on one that is
 * made the plain way, and what differs. They are: the CNI while the workers join, a CoreDNS and kubelets that are asked
 * and woken sooner, what `plainConfig` takes out of kind.yaml, and a CNI's `start.yaml`. Ends with 1 where a verdict differs.
 *
 * @param argv names of variants, one after the other: `bridge`
 */
export async function benchShortcuts(argv: readonly string[]): Promise<void> {
  const lines: string[] = [];
  for (const cluster of argv.length === 0 ? ['bridge'] : argv) lines.push(await compared(cluster));
  process.stdout.write(`\n${lines.join('\n')}\n`);
}

async function compared(cluster: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'netproof-shortcuts-'));
  try {
    const quick = await judgedRun(['run', '--cluster', cluster]);
    const plain = await plainCluster(cluster, folder);
    const slow = await judgedRun(['run', '--on', plain.kindName]).finally(() => removeOwned(plain));
    const file = join(folder, 'diff.json');
    const argv = ['report', 'diff', slow, quick, '--json', file];
    const { code } = await attempt(argv);
    if (code !== exitCode.pass && code !== exitCode.checkFailed) throw endedWith(code, argv);
    const differences = JSON.parse(await readFile(file, 'utf8')) as Differences;
    const verdict = verdictOf(differences);
    if (!verdict.alike) process.exitCode = exitCode.checkFailed;
    const seconds = (ms: number) => (ms / 1_000).toFixed(1);
    return `${cluster}: ready after ${seconds(await startOf(quick))} s with shortcuts, ${seconds(plain.ms)} s the plain way; ${verdict.words}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function plainCluster(cluster: string, folder: string): Promise<PlainStart> {
  const file = join(folder, 'plain.json');
  const { code } = await ended(fileURLToPath(new URL('plain-start.ts', import.meta.url)), [cluster, file]);
  if (code !== exitCode.pass) throw endedWith(code, ['plain-start', cluster]);
  return JSON.parse(await readFile(file, 'utf8')) as PlainStart;
}

/** The part of `report diff --json` that is counted, from the plain way to the shortcuts. */
export interface Differences {
  readonly broke: readonly unknown[];
  readonly mended: readonly unknown[];
  readonly new: readonly unknown[];
  readonly gone: readonly unknown[];
  readonly otherwise: readonly unknown[];
  readonly same: number;
}

/** Any other verdict is one too many, a better one too: the shortcut would then be what is judged. */
export function verdictOf(found: Differences): { readonly alike: boolean; readonly words: string } {
  const kinds = ['broke', 'mended', 'new', 'gone', 'otherwise'] as const;
  const other = kinds.filter((kind) => found[kind].length > 0);
  if (other.length === 0 && found.same > 0)
    return { alike: true, words: `all ${found.same} verdicts are the same` };
  const words = other.map((kind) => `${found[kind].length} ${kind}`);
  return {
    alike: false,
    words: `the shortcuts do not count: ${[...words, `${found.same} verdicts the same`].join(', ')}`,
  };
}
