import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Milliseconds } from '@netproof/core';
import { spread } from './figures.ts';
import { dnsOf, judgedRun, startOf } from './judged-run.ts';
import { cheapest } from './on-cluster.ts';

const starts = 3;

interface Start {
  readonly ready: Milliseconds;
  readonly dns: Milliseconds;
}

/**
 * From nothing to ready on each of these clusters, images cached, and apart from that until DNS answers a pod on every
 * node: in between, probes are deployed that ask it. Each cluster is made anew every time.
 */
export async function benchReady(clusters: readonly string[]): Promise<void> {
  const all = new Map<string, Start[]>();
  for (let start = 0; start < starts; start += 1) {
    for (const cluster of clusters.length === 0 ? ['bridge'] : clusters) {
      all.set(cluster, [...(all.get(cluster) ?? []), await started(cluster)]);
    }
  }
  process.stdout.write('\n');
  for (const [cluster, starts] of all) process.stdout.write(`${line(cluster, starts)}\n`);
}

/** `bridge is ready: 29.0 s median (27.1–36.4, 3 runs); its DNS then answers the probes within 0.31 s median (…)`. */
export function line(cluster: string, starts: readonly Start[]): string {
  const figure = (of: keyof Start, digits: number) => {
    const seconds = starts.map((start) => start[of] / 1_000);
    return spread(seconds, 's', digits);
  };
  return `${cluster} is ready: ${figure('ready', 1)}; its DNS then answers the probes within ${figure('dns', 2)}`;
}

/** What is measured is over before its check. */
async function started(cluster: string): Promise<Start> {
  const folder = await mkdtemp(join(tmpdir(), 'netproof-ready-'));
  try {
    const run = await judgedRun(['run', '--cluster', cluster, '--check', cheapest, '--out', folder]);
    return { ready: await startOf(run), dns: await dnsOf(run) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
