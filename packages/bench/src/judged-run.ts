import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JournalEvent, Milliseconds } from '@netproof/core';
import { attempt, endedWith } from './netproof.ts';

/** Ends of a run whose checks were judged: all pass, one failed, one undecided. */
const judged = [0, 1, 5];

/** What a cluster is ready after: all nodes, CoreDNS and every workload of the CNI. */
const untilReady = ['kind create', 'cluster ready'];

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
export function startOf(run: string): Promise<Milliseconds> {
  return took(run, untilReady);
}

/**
 * How long DNS took then to answer a pod on every node, from when its probes stood and asked.
 *
 * @throws where it did not answer
 */
export function dnsOf(run: string): Promise<Milliseconds> {
  return took(run, ['DNS answers pods']);
}

async function took(run: string, phases: readonly string[]): Promise<Milliseconds> {
  const journal = await readFile(join(run, 'journal.jsonl'), 'utf8');
  const events = journal
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalEvent);
  const taken = events.filter((one) => one.event === 'phase').filter(({ phase }) => phases.includes(phase));
  if (taken.length !== phases.length) throw new Error(`${run} has other phases than ${phases.join(', ')}`);
  for (const { phase, why } of taken) if (why !== undefined) throw new Error(`${run}, ${phase}: ${why}`);
  return taken.reduce((sum, { ms }) => sum + ms, 0);
}
