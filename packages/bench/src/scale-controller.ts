import { setTimeout as pause } from 'node:timers/promises';
import { bounds, type Cell, type MatrixPlan, targetOf } from '@netproof/core';
import { type OpenProbes, openProbes } from '@netproof/probe';
import { isBroken, simulatedEndpoint, toSimulated } from '@netproof/probe/testing';
import type { Part, Spent, Told } from './scale.ts';

/** Turns, or whole samples, that are measured; one before them is not, so that the code is compiled by then. */
const measured = 3;

/** Seconds in which nothing is asked, so that only heartbeats are heard. */
const atRest = 5;

/** The process of a controller: `<socket> <agents> rest|nodes|sample`. It tells its parent what it spent. */
const [, , socket = '', count = '', part] = process.argv as readonly string[] as readonly [
  string,
  string,
  string,
  string,
  Part,
];
const endpoints = Array.from({ length: Number(count) }, (_, index) => simulatedEndpoint(index));
const plan: MatrixPlan = {
  sources: endpoints,
  targets: endpoints.map(targetOf),
  ports: [
    { protocol: 'TCP', port: 8080 },
    { protocol: 'UDP', port: 8080 },
  ],
};

const rest = process.memoryUsage.rss();
const opening = spending();
await using probes = await openProbes({
  endpoints,
  open: toSimulated(socket),
  // Heartbeats are measured at rest: among probes there would be the more of them the busier the machine is.
  ...(part === 'rest'
    ? {}
    : { coverage: part, timing: { ...bounds, heartbeat: 3_600_000, streamSilence: 7_200_000 } }),
  seed: 'scale',
});
const opened = opening();
const measure = { rest: ofRest, nodes: ofTurns, sample: ofMatrices }[part];
const runs = await measure(probes);
const peak = process.resourceUsage().maxRSS * 1_024 - rest;
process.send?.({ opened, runs, peak } satisfies Told);

/** A second of it. */
async function ofRest(): Promise<Spent[]> {
  const spent = spending();
  await pause(atRest * 1_000);
  const { cpu, ms } = spent();
  return [{ probes: 0, cpu: cpu / atRest, ms: ms / atRest }];
}

async function ofTurns(probes: OpenProbes): Promise<Spent[]> {
  const runs: Spent[] = [];
  let spent = spending();
  for await (const cells of probes.turns(plan)) {
    runs.push({ ...spent(), probes: cells.length });
    verify(cells);
    if (runs.length > measured) break;
    spent = spending();
  }
  return runs.slice(1);
}

async function ofMatrices(probes: OpenProbes): Promise<Spent[]> {
  const runs: Spent[] = [];
  while (runs.length <= measured) {
    const spent = spending();
    const { cells } = await probes.matrix(plan);
    runs.push({ ...spent(), probes: cells.length });
    verify(cells);
  }
  return runs.slice(1);
}

/** Figures of a controller that gets it wrong are worth nothing. */
function verify(cells: readonly Cell[]): void {
  for (const { source, target, verdict, reason } of cells) {
    const { endpoint } = target;
    const broken = endpoint !== undefined && endpoint !== source && isBroken(source, endpoint);
    if (verdict === (broken ? 'dropped' : 'connected')) continue;
    throw new Error(`${source.id} → ${target.label}: ${verdict}, ${reason}`);
  }
}

function spending(): () => Omit<Spent, 'probes'> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { cpu: (user + system) / 1_000, ms: performance.now() - start };
  };
}
