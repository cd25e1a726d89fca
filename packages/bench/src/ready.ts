import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spread } from './figures.ts';
import { netproof } from './netproof.ts';
import { cheapest } from './on-cluster.ts';

const starts = 3;
/** What a cluster is ready after: all nodes, CoreDNS and every workload of the CNI. */
const phases = ['kind create', 'cluster ready'];

/** From nothing to ready on each of these clusters, images cached. Each is made anew every time. */
export async function benchReady(clusters: readonly string[]): Promise<void> {
  const seconds = new Map<string, number[]>();
  for (let start = 0; start < starts; start += 1) {
    for (const cluster of clusters) {
      seconds.set(cluster, [...(seconds.get(cluster) ?? []), await ready(cluster)]);
    }
  }
  process.stdout.write('\n');
  for (const [cluster, all] of seconds) process.stdout.write(`${cluster} is ready: ${spread(all, 's', 1)}\n`);
}

/** What is measured is over before its check. */
async function ready(cluster: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'netproof-ready-'));
  try {
    const totals = join(folder, 'totals.json');
    await netproof(['run', '--cluster', cluster, '--check', cheapest, '--out', folder, '--json', totals]);
    const { report } = JSON.parse(await readFile(totals, 'utf8')) as { report: string };
    const journal = await readFile(join(dirname(report), 'journal.jsonl'), 'utf8');
    const events = journal
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Phase);
    const taken = events.flatMap(({ event, phase, ms }) =>
      event === 'phase' && phases.includes(phase) ? [ms] : [],
    );
    if (taken.length !== phases.length)
      throw new Error(`${report} names other phases than ${phases.join(', ')}`);
    return taken.reduce((sum, ms) => sum + ms, 0) / 1000;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Phase {
  readonly event: string;
  readonly phase: string;
  readonly ms: number;
}
