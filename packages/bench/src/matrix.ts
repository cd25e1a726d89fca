import { type Endpoint, type Port, targetOf } from '@netproof/core';
import { Kube } from '@netproof/kube';
import { openProbes, throughExec } from '@netproof/probe';
import { median, spread } from './figures.ts';
import { cheapest, onCluster } from './on-cluster.ts';
import { byExecs, execsAtOnce, portsAsked, probeByExec } from './one-exec.ts';

/** How often each side is measured, in turns: a machine that slows down slows both. */
const rounds = 3;
const matricesPerRound = 10;

/** A matrix over resident agents, and the same probes with one exec each, in turns on one cluster. */
export async function benchMatrix(): Promise<void> {
  await onCluster('bridge', cheapest, async ({ kubeconfig, endpoints }) => {
    const pods = endpoints.filter(({ kind }) => kind === 'pod');
    await measure(await Kube.connect(kubeconfig), pods);
  });
}

async function measure(kube: Kube, endpoints: readonly Endpoint[]): Promise<void> {
  const opening = performance.now();
  await using probes = await openProbes({ endpoints, open: throughExec(kube) });
  const openedIn = performance.now() - opening;
  const ports = probes.served.slice(0, portsAsked).map((port) => ({ protocol: 'TCP' as const, port }));
  const probeCount = endpoints.length ** 2 * ports.length;
  const plan = { sources: endpoints, targets: endpoints.map(targetOf), ports };

  const matrices: number[] = [];
  const execs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let run = 0; run < matricesPerRound; run += 1) {
      const start = performance.now();
      const { cells } = await probes.matrix(plan);
      matrices.push(performance.now() - start);
      const connected = cells.filter(({ verdict }) => verdict === 'connected').length;
      if (connected !== probeCount) throw new Error(`${connected} of ${probeCount} connected`);
    }
    execs.push(await execEach(kube, endpoints, ports));
  }
  const perProbe = median(matrices) / probeCount;
  const perExec = median(execs) / probeCount;
  process.stdout.write(`
${endpoints.length} pods × ${endpoints.length} × ${ports.length} ports = ${probeCount} connections
  streams: ${endpoints.length} opened in ${openedIn.toFixed(0)} ms; ${probes.streamsOpened} execs in all
  matrix over the streams: ${spread(matrices)}
  one exec per probe, ${execsAtOnce} at a time: ${spread(execs)}
  per probe: ${perProbe.toFixed(2)} ms against ${perExec.toFixed(1)} ms, ${(perExec / perProbe).toFixed(0)} times faster
`);
}

/** Every probe by an exec of its own. */
async function execEach(kube: Kube, endpoints: readonly Endpoint[], ports: readonly Port[]): Promise<number> {
  const all = endpoints.flatMap((source) =>
    endpoints.flatMap((target) => ports.map((port) => ({ source, target, port }))),
  );
  const start = performance.now();
  await byExecs(all, async ({ source, target, port }) => {
    if (await probeByExec(kube, { source, address: target.ip, port })) return;
    throw new Error(`${source.id} did not reach ${target.id}, ${port.protocol} ${port.port}`);
  });
  return performance.now() - start;
}
