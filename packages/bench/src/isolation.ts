import { type Cell, type CheckContext, Judge, type Milliseconds, resultOf } from '@netproof/core';
import { Kube } from '@netproof/kube';
import { openProbes, throughExec } from '@netproof/probe';
import { type CellOrder, ClusterIsolation, faultIds, loadChecks, selectChecks } from '@netproof/runner';
import { pairedRatio } from '@netproof/stats';
import { spread } from './figures.ts';
import { inTurns, type Turn } from './in-turns.ts';
import { onCluster } from './on-cluster.ts';
import { byExecs, execsAtOnce, probeByExec } from './one-exec.ts';

/** What is judged: nine steps of policies, and the open ones before and after. */
const judged = ['default-deny/ingress', 'default-deny/both', 'ports/number', 'ports/range'].map(
  (name) => `network-policy/${name}`,
);

/** Five steps ask every pair once, and each of them pairs of every port and way, as there are four and two of these. */
const everyNth = 5;
const execsAtMost: Milliseconds = 120_000;
/** What such a tool waits for an answer. */
const window: Milliseconds = 1_000;

const confidence = 0.95;
/** Times as fast as by exec, at least: it is shown, nothing fails by it. */
const wanted = 20;

/**
 * Steps of checks of NetworkPolicy, judged as the suite does and by one exec for each probe, in turns on one cluster.
 *
 * @param argv the name of a cluster that was kept, or of a variant, which is made: `calico-vxlan`
 */
export async function benchIsolation([cluster = 'calico-vxlan']: readonly string[]): Promise<void> {
  await onCluster(cluster, judged[0] ?? '', async (order) => {
    const turns = await measure(order);
    process.stdout.write(`\n${told(turns, order.cluster.name)}\n`);
  });
}

async function measure(order: CellOrder): Promise<readonly Turn[]> {
  const kube = await Kube.connect(order.kubeconfig);
  const endpoints = order.endpoints.filter(({ kind }) => kind === 'pod');
  await using probes = await openProbes({ endpoints, open: throughExec(kube) });
  const ids = endpoints.map(({ id }) => id);
  await using isolation = new ClusterIsolation(kube, order.run, ids);
  const { turns, context } = inTurns({
    probes,
    isolation,
    byExecs: (cells) => answersOf(kube, cells),
    everyNth,
    atMost: execsAtMost,
  });
  const { name, spec } = order.cluster;
  const judge = new Judge();
  const whole: CheckContext = {
    ...context,
    judge,
    cluster: {
      name,
      podSubnet: spec.podSubnet ?? '',
      claims: order.claims,
      service: (namespace, service) => kube.service(namespace, service),
    },
    // Policies and probes are all that these checks touch.
    nodes: { list: order.nodes, run: () => Promise.reject(new Error('no commands here')) },
    load: { compare: () => Promise.reject(new Error('no load here')) },
    pods: {
      start: () => Promise.reject(new Error('no pods here')),
      restart: () => Promise.reject(new Error('no pods here')),
      terminate: () => Promise.reject(new Error('no pods here')),
      remove: async () => {},
    },
    cni: { restart: () => Promise.reject(new Error('no agents here')) },
  };
  for (const { id, run } of selectChecks(await loadChecks(order.suites, faultIds), { checks: judged })) {
    await run(whole);
    const result = resultOf(judge.judgement);
    if (result !== 'pass') throw new Error(`${id}: ${result}, ${judge.judgement.findings[0]?.message}`);
  }
  return turns;
}

/** In the order of the cells. */
async function answersOf(kube: Kube, cells: readonly Cell[]): Promise<readonly (boolean | undefined)[]> {
  const answers: (boolean | undefined)[] = [];
  await byExecs([...cells.entries()], async ([at, { source, target, port }]) => {
    answers[at] = await probeByExec(kube, { source, address: target.address, port, window });
  });
  return answers;
}

/** What was measured, for people. */
export function told(turns: readonly Turn[], cluster: string): string {
  const [agents, execs] = [sumOf(turns.map((one) => one.agents)), sumOf(turns.map((one) => one.execs))];
  const alike = turns.reduce((sum, one) => sum + one.execs.alike, 0);
  const perStep = (side: 'agents' | 'execs') => turns.map((one) => one[side].ms / 1000);
  const whole = turns.map((one) => (one.execs.ms / one.execs.verdicts) * one.agents.verdicts * 0.001);
  const perVerdict = turns.map((one) => ({
    path: one.execs.ms / one.execs.verdicts,
    baseline: one.agents.ms / one.agents.verdicts,
  }));
  const ratio = pairedRatio(perVerdict, { confidence, limit: wanted });
  const percent = ((ratio?.confidence ?? 0) * 100).toFixed(1);
  return [
    `${turns.length} steps of ${judged.join(' and ')} on ${cluster}, by both in turns`,
    `  agents: ${agents.verdicts} verdicts of ${agents.probes} probes, waiting for enforcement included: ${rate(agents)} verdicts a second`,
    `    a step: ${spread(perStep('agents'), 's', 2)}`,
    `  one exec per probe, ${execsAtOnce} at a time, of every ${everyNth}th pair, enforced by then: ${execs.verdicts} verdicts of ${execs.probes} probes, ${alike} of them as the agents': ${rate(execs)} verdicts a second`,
    `    a step: ${spread(perStep('execs'), 's', 2)}; of all pairs it would be ${spread(whole, 's', 1)}`,
    ratio === undefined
      ? `  ${turns.length} steps are too few for a ratio`
      : `  per verdict ${times(ratio.value)} times faster (${times(ratio.low)}–${times(ratio.high)} with ${percent} % confidence), wanted ${wanted}`,
  ].join('\n');
}

function sumOf(sides: readonly Turn['agents'][]) {
  const sum = (of: 'verdicts' | 'probes' | 'ms') => sides.reduce((total, side) => total + side[of], 0);
  return { verdicts: sum('verdicts'), probes: sum('probes'), ms: sum('ms') };
}

const rate = ({ verdicts, ms }: Turn['agents']) => ((verdicts / ms) * 1000).toFixed(1);

const times = (ratio: number) => ratio.toFixed(ratio < 10 ? 1 : 0);
