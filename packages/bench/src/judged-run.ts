import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JournalEvent, Milliseconds } from '@netproof/core';
import { attempt, endedWith } from './netproof.ts';

/** Ends of a run whose checks were judged: all pass, one failed, one undecided. */
const judged = [0, 1, 5];

/** What a cluster is ready after: all nodes, CoreDNS and every workload of the CNI. */
const phases = ['kind create', 'cluster ready'];

/** Runs checks, whatever they come to. @returns the folder of the run */
export async function judgedRun(argv: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'netproof-judged-'));
  try {
    const file = join(folder, 'totals.json');
    const { code } = await attempt([...argv, '--json', file]);
    if (code === null || !judged.includes(code)) throw endedWith(code, argv);
    const { report } = JSON.parse(await readFile(file, 'utf8')) as { report: string };
    return dirname(report);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** How long the cluster of a run took from nothing to ready. @throws where the run did not make it */
export async function startOf(run: string): Promise<Milliseconds> {
  const journal = await readFile(join(run, 'journal.jsonl'), 'utf8');
  const events = journal
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalEvent);
  const taken = events.flatMap((one) =>
    one.event === 'phase' && phases.includes(one.phase) ? [one.ms] : [],
  );
  if (taken.length !== phases.length) throw new Error(`${run} has other phases than ${phases.join(', ')}`);
  return taken.reduce((sum, ms) => sum + ms, 0);
}
