import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Endpoint, Milliseconds, Port } from '@netproof/core';
import { kindPlan } from '@netproof/kind-node';
import { Kube } from '@netproof/kube';
import { servedPorts } from '@netproof/probe';
import { type BenchPod, ManyPods } from './many-pods.ts';
import { roomForNeighbours } from './neighbours.ts';
import { cpuBetween, cpuOf, type InNode, type NodeProcess, processesOf } from './node-costs.ts';
import { cheapest, type KindOrder, onCluster } from './on-cluster.ts';
import { type Memory, type Row, tables } from './probes-tables.ts';

const sizes = [9, 30, 100];
/** How often each number of pods is measured, in turns: a machine that slows down slows all of them. */
const turns = 3;
/** A turn of few pods has several matrices, of about so many probes together. */
const probesPerTurn = 10_000;
/** Few pods are asked on more ports, to come near what two slow cores answer inside a probe's window. */
const probesAtOnce = 1_000;
/** Seconds in which nothing is asked. */
const atRest = 5;

/** To a controller, first of all. */
export interface OpenOrder {
  readonly kubeconfig: string;
  readonly endpoints: readonly Endpoint[];
}

/** To a controller whose streams are open: so many matrices, one after the other. */
export interface MatricesOrder {
  readonly ports: readonly Port[];
  readonly matrices: number;
}

/** What one matrix, or the opening of the streams, took of a controller. */
export interface Spent {
  readonly probes: number;
  /** How many probes came to each verdict; `inconclusive` where an agent had no CPU. */
  readonly words: Readonly<Record<string, number>>;
  /** User and system time. */
  readonly cpu: Milliseconds;
  readonly ms: Milliseconds;
}

/** What a controller tells when it has done what it was told. */
export interface ProbesTold {
  readonly runs: readonly Spent[];
  /** Streams lost since its start. */
  readonly lost: number;
  /** Its memory now and the most that it ever had, in bytes. */
  readonly rss: number;
  readonly peak: number;
}

/**
 * Probes a second, and what they cost, of 9, 30 and 100 pods: every pod asks every pod over TCP and UDP, as in a check.
 *
 * @param argv the name of a cluster that was kept, or of a variant, which is made: `bridge`
 */
export async function benchProbes([cluster = 'bridge']: readonly string[]): Promise<void> {
  await onCluster(cluster, cheapest, async (order) => {
    const { rows, memory } = await measure(order);
    process.stdout.write(`\n${tables(rows, memory, { cluster: order.cluster.name, turns })}\n`);
  });
}

async function measure(order: KindOrder): Promise<{ rows: readonly Row[]; memory: readonly Memory[] }> {
  const { kubeconfig, kindName } = order;
  const kube = await Kube.connect(kubeconfig);
  const kind = await kindPlan({ name: kindName, network: kindName, config: '', kubeconfig }).attach();
  const run: InNode = (node, argv) => kind.exec(node, argv);
  const nodes = order.nodes.map(({ name }) => name);
  const processes = () => processesOf(nodes, run);
  // On each node every pod asks every other, and both know their bridge.
  using _room = roomForNeighbours(Math.max(...sizes) ** 2);
  await using many = new ManyPods(kube, order);
  let pods: readonly BenchPod[] = [];
  const memory: Memory[] = [{ pods: 0, when: 'none', ...memoryOf(await processes(), []) }];
  for (const size of sizes) {
    pods = await many.grow(size);
    memory.push({ pods: size, when: 'begun', ...memoryOf(await processes(), pods) });
    process.stdout.write(`${size} pods are ready\n`);
  }
  const rows: Row[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    for (const size of sizes) {
      const some = pods.slice(0, size);
      const uids = some.map(({ uid }) => uid);
      const spent = async <T>(work: () => Promise<T>) => {
        const before = await cpuOf(nodes, run);
        const told = await work();
        return { told, cpu: cpuBetween(before, await cpuOf(nodes, run), uids) };
      };
      await using controller = new Controller();
      const opened = await spent(() =>
        controller.asked({ kubeconfig, endpoints: some.map(({ endpoint }) => endpoint) }),
      );
      rows.push(rowOf('streams opened', size, 0, opened));
      const still = await spent(() => pause(atRest * 1_000, { runs: [], lost: 0, rss: 0, peak: 0 }));
      rows.push(rowOf('at rest, a second', size, 0, still, atRest));
      const plan = planOf(size);
      // One matrix that is not counted, so that all code is compiled by then; beside a long one that is nothing.
      if (plan.matrices > 1) await controller.asked({ ...plan, matrices: 1 });
      const asked = await spent(() => controller.asked(plan));
      rows.push(rowOf('asked', size, plan.ports.length / 2, asked, plan.matrices));
      memory.push({ pods: size, when: 'asked', ...memoryOf(await processes(), some) });
      process.stdout.write(`turn ${turn + 1} of ${turns}: ${size} pods measured\n`);
    }
  }
  return { rows, memory };
}

/** What so many pods are asked in a turn. */
export function planOf(size: number): MatricesOrder {
  const count = Math.max(1, Math.min(servedPorts.length, Math.floor(probesAtOnce / (2 * size ** 2))));
  const ports = servedPorts
    .slice(0, count)
    .flatMap((port) => [{ protocol: 'TCP', port } as const, { protocol: 'UDP', port } as const]);
  return { ports, matrices: Math.max(1, Math.round(probesPerTurn / (size ** 2 * ports.length))) };
}

interface Told {
  readonly told: ProbesTold;
  readonly cpu: { readonly nodes: Milliseconds; readonly pods: Milliseconds };
}

function rowOf(what: string, pods: number, ports: number, { told, cpu }: Told, times = 1): Row {
  return {
    ...{ what, pods, ports, runs: told.runs, lost: told.lost, rss: told.rss, peak: told.peak },
    nodesCpu: cpu.nodes / times,
    podsCpu: cpu.pods / times,
  };
}

/** Of all processes of the nodes, and of those in some pods. */
function memoryOf(all: readonly NodeProcess[], pods: readonly BenchPod[]): Pick<Memory, 'nodes' | 'of'> {
  const uids = new Set(pods.map(({ uid }) => uid));
  const own = all.filter(({ uid }) => uid !== undefined && uids.has(uid));
  return { nodes: all.reduce((sum, { pss }) => sum + pss, 0), of: Map.groupBy(own, ({ role }) => role) };
}

/** A controller in a process of its own: its CPU and its memory are those of so many pods alone. */
class Controller implements AsyncDisposable {
  readonly #child: ChildProcess = fork(fileURLToPath(new URL('probes-controller.ts', import.meta.url)));
  readonly #ended = once(this.#child, 'exit');

  async asked(order: OpenOrder | MatricesOrder): Promise<ProbesTold> {
    const said = once(this.#child, 'message');
    const failed = this.#ended.then(([code]) => {
      throw new Error(`the controller ended with ${code}`);
    });
    this.#child.send(order);
    const [told] = await Promise.race([said, failed]);
    return told as ProbesTold;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }
}
