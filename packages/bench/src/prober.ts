import { type Endpoint, type Milliseconds, NetproofError, targetOf } from '@netproof/core';
import { kindPlan } from '@netproof/kind-node';
import { Kube, podOf } from '@netproof/kube';
import { openProbes, throughExec } from '@netproof/probe';
import { agnhostContainer, agnhostToNodes, connect, connectEach, withAgnhost } from './agnhost.ts';
import { ManyPods } from './many-pods.ts';
import { cpuBetween, cpuOf, type InNode, processesOf } from './node-costs.ts';
import { cheapest, type KindOrder, onCluster } from './on-cluster.ts';
import { byExecs, execsAtOnce, portsAsked, probeByExec } from './one-exec.ts';
import { type Asked, type Sizes, told } from './prober-table.ts';

const size = 9;
/** How often each way is measured, in turns. */
const rounds = 3;
const matricesPerRound = 10;
/** All the probes of one pod, one after the other. */
const loopDeadline: Milliseconds = 120_000;

/** A way to ask all pairs. */
interface Way {
  readonly title: string;
  /** How often in a round. */
  readonly times: number;
  /** Asks all once. @returns how many were answered */
  readonly ask: () => Promise<number>;
}

/**
 * What the resident agents win and cost: the same connections by a matrix over them, by an exec of bash, of Node and of
 * upstream's static prober for each, and by one exec a pod that runs that prober in a loop; in turns on one cluster.
 *
 * @param argv the name of a cluster that was kept, or of a variant, which is made: `bridge`
 */
export async function benchProber([cluster = 'bridge']: readonly string[]): Promise<void> {
  await onCluster(cluster, cheapest, async (order) => {
    const { asked, sizes, probes } = await measure(order);
    process.stdout.write(`\n${told(asked, sizes, { cluster: order.cluster.name, pods: size, probes })}\n`);
  });
}

async function measure(order: KindOrder) {
  const { kubeconfig, kindName, image } = order;
  const kube = await Kube.connect(kubeconfig);
  const kind = await kindPlan({ name: kindName, network: kindName, config: '', kubeconfig }).attach();
  const run: InNode = (node, argv) => kind.exec(node, argv);
  const nodes = order.nodes.map(({ name }) => name);
  process.stdout.write('agnhost: building it where it is not there yet\n');
  const prober = await agnhostToNodes(kind, nodes);
  await using many = new ManyPods(kube, order, withAgnhost);
  const pods = await many.grow(size);
  const endpoints = pods.map(({ endpoint }) => endpoint);
  const uids = new Set(pods.map(({ uid }) => uid));
  await using probes = await openProbes({ endpoints, open: throughExec(kube) });
  const ways = waysOf(kube, endpoints, probes);
  const count = size ** 2 * portsAsked;
  const asked: Asked[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const { title, times, ask } of ways) {
      const before = await cpuOf(nodes, run);
      const cpu = process.cpuUsage();
      const start = performance.now();
      let answered = 0;
      for (let time = 0; time < times; time += 1) answered += await ask();
      const ms = performance.now() - start;
      const { user, system } = process.cpuUsage(cpu);
      const spent = cpuBetween(before, await cpuOf(nodes, run), [...uids]);
      const made = { probes: times * count, answered, ms };
      asked.push({
        title,
        ...made,
        controllerCpu: (user + system) / 1_000,
        nodesCpu: spent.nodes,
        podsCpu: spent.pods,
      });
      process.stdout.write(`round ${round + 1} of ${rounds}, ${title}: ${(ms / 1_000).toFixed(1)} s\n`);
    }
  }
  const processes = (await processesOf(nodes, run)).filter(({ uid }) => uid !== undefined && uids.has(uid));
  const sizes: Sizes = { processes, image: await imageBytes(kube, nodes[0] ?? '', image), prober };
  return { asked, sizes, probes: count };
}

function waysOf(
  kube: Kube,
  endpoints: readonly Endpoint[],
  probes: Awaited<ReturnType<typeof openProbes>>,
): readonly Way[] {
  const ports = probes.served.slice(0, portsAsked).map((port) => ({ protocol: 'TCP' as const, port }));
  const plan = { sources: endpoints, targets: endpoints.map(targetOf), ports };
  const all = endpoints.flatMap((source) =>
    endpoints.flatMap(({ ip: address }) => ports.map((port) => ({ source, address, port }))),
  );
  const each = (answered: (one: (typeof all)[number]) => Promise<boolean>) => async () => {
    let count = 0;
    await byExecs(all, async (one) => {
      if (await answered(one)) count += 1;
    });
    return count;
  };
  const exec = async (source: Endpoint, container: string, argv: readonly string[]) => {
    const { exitCode } = await kube.exec({ ...podOf(source.id), container }, argv);
    return exitCode === 0;
  };
  return [
    {
      title: 'resident agents, one matrix',
      times: matricesPerRound,
      async ask() {
        const { cells } = await probes.matrix(plan);
        return cells.filter(({ verdict }) => verdict === 'connected').length;
      },
    },
    {
      title: `an exec of bash for each, ${execsAtOnce} at a time`,
      times: 1,
      ask: each(async (one) => (await probeByExec(kube, one)) === true),
    },
    {
      title: `an exec of Node for each, ${execsAtOnce} at a time`,
      times: 1,
      ask: each(({ source, address, port }) =>
        exec(source, 'agent', ['node', '-e', connectByNode, address, String(port.port)]).catch(notMade),
      ),
    },
    {
      title: `an exec of agnhost connect for each, ${execsAtOnce} at a time`,
      times: 1,
      ask: each(({ source, address, port }) =>
        exec(source, agnhostContainer, connect(address, port.port)).catch(notMade),
      ),
    },
    {
      title: 'one exec a pod, agnhost connect in a loop',
      times: 1,
      async ask() {
        let count = 0;
        await byExecs(endpoints, async (source) => {
          const targets = all.filter((one) => one.source === source);
          const argv = connectEach(targets.map(({ address, port }) => `${address}:${port.port}`));
          const at = { ...podOf(source.id), container: agnhostContainer };
          const { stdout } = await kube.exec(at, argv, loopDeadline);
          count += stdout.split('\n').filter((line) => line === '+').length;
        });
        return count;
      },
    },
  ];
}

const connectByNode = `
require('net').connect(Number(process.argv[2]), process.argv[1])
  .on('connect', () => process.exit(0)).on('error', () => process.exit(1));
`;

/** An exec that was not made is a probe that was not answered. */
function notMade(error: unknown): boolean {
  if (error instanceof NetproofError) return false;
  throw error;
}

/** What an image takes on a node as it is packed; undefined where the node does not list it. */
async function imageBytes(kube: Kube, node: string, image: string): Promise<number | undefined> {
  const found = await kube.get({ apiVersion: 'v1', kind: 'Node', metadata: { name: node } });
  const { images } = found.status as { images: readonly { names: readonly string[]; sizeBytes: number }[] };
  return images.find(({ names }) => names.includes(image))?.sizeBytes;
}
