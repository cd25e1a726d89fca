import { once } from 'node:events';
import { type Cell, type Endpoint, targetOf } from '@netproof/core';
import { Kube } from '@netproof/kube';
import { type OpenProbes, openProbes, throughExec } from '@netproof/probe';
import type { MatricesOrder, OpenOrder, ProbesTold, Spent } from './probes.ts';

/** Each stream is a process in its pod that takes tenths of a second of CPU to start: more at once would be late. */
const opensAtOnce = 6;

/** The process of a controller of so many pods. It opens streams to them, and then matrices as it is told. */
const [{ kubeconfig, endpoints }] = (await once(process, 'message')) as [OpenOrder];
let lost = 0;
const opening = spending();
const probes = await openProbes({
  endpoints: [],
  open: throughExec(await Kube.connect(kubeconfig)),
  onStream: ({ state }) => {
    if (state === 'lost') lost += 1;
  },
});
const waiting = endpoints.values();
const openNext = async () => {
  for (const endpoint of waiting) await probes.join(endpoint).opened;
};
await Promise.all(Array.from({ length: opensAtOnce }, openNext));
tell([{ ...opening(), probes: 0, words: {} }]);

process.on('message', async (order: MatricesOrder) => {
  const runs: Spent[] = [];
  for (let run = 0; run < order.matrices; run += 1) runs.push(await asked(probes, order));
  tell(runs);
});
await once(process, 'disconnect');
await probes[Symbol.asyncDispose]();
// Connections to the API server that nobody uses would hold the process for seconds.
process.exit();

/** Every pod asks every pod, so many of them at a time. */
async function asked(probes: OpenProbes, { ports, sourcesAtOnce }: MatricesOrder): Promise<Spent> {
  const spent = spending();
  const words: Record<string, number> = {};
  for (const sources of slices(endpoints, sourcesAtOnce)) {
    const { cells } = await probes.matrix({ sources, targets: endpoints.map(targetOf), ports });
    for (const cell of cells) words[wordOf(cell)] = (words[wordOf(cell)] ?? 0) + 1;
  }
  const count = Object.values(words).reduce((sum, some) => sum + some, 0);
  return { ...spent(), probes: count, words };
}

/** What a check makes of it: nothing is known of a pair whose agent had no CPU, and the check is `inconclusive`. */
function wordOf({ verdict, reason }: Cell): string {
  return verdict === 'probe-error' && reason === 'starved' ? 'inconclusive' : verdict;
}

function* slices(all: readonly Endpoint[], length: number): Generator<readonly Endpoint[]> {
  for (let from = 0; from < all.length; from += length) yield all.slice(from, from + length);
}

function tell(runs: readonly Spent[]): void {
  const told: ProbesTold = {
    runs,
    lost,
    rss: process.memoryUsage.rss(),
    peak: process.resourceUsage().maxRSS * 1_024,
  };
  process.send?.(told);
}

function spending(): () => Pick<Spent, 'cpu' | 'ms'> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { cpu: (user + system) / 1_000, ms: performance.now() - start };
  };
}
