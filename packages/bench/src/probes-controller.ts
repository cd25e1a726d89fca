import { once } from 'node:events';
import { type Cell, targetOf } from '@netproof/core';
import { Kube } from '@netproof/kube';
import { type OpenProbes, openProbes, throughExec } from '@netproof/probe';
import type { MatricesOrder, OpenOrder, ProbesTold, Spent } from './probes.ts';

/** The process of a controller of so many pods. It opens streams to them, and then matrices as it is told. */
const [{ kubeconfig, endpoints }] = (await once(process, 'message')) as [OpenOrder];
let lost = 0;
const opening = spending();
const probes = await openProbes({
  endpoints,
  open: throughExec(await Kube.connect(kubeconfig)),
  onStream: ({ state }) => {
    if (state === 'lost') lost += 1;
  },
});
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

/** Every pod asks every pod. */
async function asked(probes: OpenProbes, { ports }: MatricesOrder): Promise<Spent> {
  const spent = spending();
  const { cells } = await probes.matrix({ sources: endpoints, targets: endpoints.map(targetOf), ports });
  const words: Record<string, number> = {};
  for (const cell of cells) words[wordOf(cell)] = (words[wordOf(cell)] ?? 0) + 1;
  return { ...spent(), probes: cells.length, words };
}

/** What a check makes of it: nothing is known of a pair whose agent had no CPU, and the check is `inconclusive`. */
function wordOf({ verdict, reason }: Cell): string {
  return verdict === 'probe-error' && reason === 'starved' ? 'inconclusive' : verdict;
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
