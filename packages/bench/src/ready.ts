import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spread } from './figures.ts';
import { judgedRun, startOf } from './judged-run.ts';
import { cheapest } from './on-cluster.ts';

const starts = 3;

/** From nothing to ready on each of these clusters, images cached. Each is made anew every time. */
export async function benchReady(clusters: readonly string[]): Promise<void> {
  const seconds = new Map<string, number[]>();
  for (let start = 0; start < starts; start += 1) {
    for (const cluster of clusters.length === 0 ? ['bridge'] : clusters) {
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
    const run = ['run', '--cluster', cluster, '--check', cheapest, '--out', folder];
    return (await startOf(await judgedRun(run))) / 1_000;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
