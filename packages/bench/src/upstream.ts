import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Fault, type FaultContext, type JournalEvent, notApplicable } from '@netproof/core';
import { faults } from '@netproof/faults';
import { ensureImages } from '@netproof/images';
import { kindPlan, type RunningKind } from '@netproof/kind-node';
import { Kube } from '@netproof/kube';
import { openProbes, throughExec } from '@netproof/probe';
import { type CellOrder, daemonSetsOf, objectsOf, portsOf } from '@netproof/runner';
import { buildUpstream, type Upstream } from './upstream-build.ts';

/** How many cases run at a time: most of their time is waiting. */
const atOnce = 8;
/**
 * After which a case is ended as undecided. Upstream gives up on a pod that does not answer after 34 tries,
 * which took 268 s; only on names in DNS does it wait longer, for 10 minutes.
 */
const bound = '300s';

/**
 * Runs cases of upstream's own e2e program on a cluster that `netproof prove` ran on and left, without a fault and
 * under netproof's faults, and prints each verdict beside netproof's.
 *
 *   pnpm netproof run --keep; pnpm netproof prove --on NAME; pnpm bench upstream reports/out/RUN
 *
 * The last argument is the folder of the proof. The cases are those that its checks cover, or by `--case` some of
 * these, or any other by its whole name; `--fault` chooses faults. Both may be repeated.
 */
export async function benchUpstream(argv: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { fault: { type: 'string', multiple: true }, case: { type: 'string', multiple: true } },
  });
  const [run = ''] = positionals;
  const order = JSON.parse(await readFile(join(run, 'cell.json'), 'utf8')) as CellOrder;
  const proof = proofOf(await readFile(join(run, 'journal.jsonl'), 'utf8'));
  const cases = chosen([...proof.covered.keys()], values.case);

  const kube = await Kube.connect(order.kubeconfig);
  const kind = await attached(order);
  // Faults ask those in the cluster at most.
  const endpoints = order.endpoints.filter(({ kind }) => kind !== 'outside');
  await using probes = await openProbes({ endpoints, open: throughExec(kube) });
  // Upstream's cases make their own policies, which no fault of ours can change on their way.
  const tampering = {
    tamper: () => ({ changed: () => 0, stop: () => {} }),
    delay: () => ({ changed: () => 0, stop: async () => {} }),
    flush: () => ({ changed: () => 0, stop: async () => {} }),
    lapse: () => ({ changed: () => 0, stop: () => {} }),
  };
  // Upstream's pods are none that a check of ours starts.
  const lifecycle = { on: () => ({ stop: () => {} }) };
  const cni = {
    daemonSets: daemonSetsOf(order.cluster.spec.ready ?? []),
    onRestart: () => ({ stop: () => {} }),
  };
  const ports = portsOf(order, kube, (node, argv) => kind.exec(node, argv));
  const context = { ...ports, objects: objectsOf(kube), probes, tampering, lifecycle, cni };
  const upstream = await buildUpstream();
  await kind.loadImageArchive(upstream.images);

  process.stdout.write('| fault | upstream case | upstream | netproof |\n|---|---|---|---|\n');
  for (const fault of [undefined, ...faults]) {
    const id = fault?.id ?? 'none';
    if (values.fault && !values.fault.includes(id)) continue;
    if (fault && notApplicable(fault.needs, context.cluster, context.nodes.list.length)) continue;
    const logs = join(run, 'upstream', id);
    await mkdir(logs, { recursive: true });
    await under(fault, context, () =>
      several(cases, async (name) => {
        const { state, seconds, failure } = await runCase(upstream, order.kubeconfig, name, logs);
        const theirs = [`${state}, ${seconds.toFixed(1)} s`, ...failure].join(': ');
        process.stdout.write(`| ${id} | ${name} | ${theirs} | ${proof.verdicts(id, name)} |\n`);
      }),
    );
  }
}

function chosen(covered: readonly string[], words: readonly string[] | undefined): readonly string[] {
  if (!words) return covered;
  const fitting = words.flatMap((some) => {
    const fit = covered.filter((name) => name.includes(some));
    return fit.length > 0 ? fit : [some];
  });
  return [...new Set(fitting)];
}

/** What a proof's journal says: which upstream cases its checks cover, and what these said under each fault. */
function proofOf(journal: string) {
  const covered = new Map<string, string[]>();
  const said = new Map<string, string>();
  for (const line of journal.trimEnd().split('\n')) {
    const event = JSON.parse(line) as JournalEvent;
    if (event.event === 'cell-started') {
      for (const { id, covers } of event.checks)
        for (const name of covers) covered.set(name, [...(covered.get(name) ?? []), id]);
    }
    if (event.event !== 'check-finished') continue;
    // Without a fault all are asked again after each fault; the first time counts.
    const at = `${event.fault ?? 'none'} ${event.check}`;
    if (!said.has(at)) said.set(at, `${event.check} ${event.result}, ${(event.ms / 1000).toFixed(2)} s`);
  }
  const verdicts = (fault: string, name: string) =>
    (covered.get(name) ?? []).flatMap((check) => said.get(`${fault} ${check}`) ?? []).join('<br>') || '–';
  return { covered, verdicts };
}

async function attached({ kindName = '', kubeconfig }: CellOrder): Promise<RunningKind> {
  const images = await ensureImages({
    cnis: ['bridge'],
    log: '/dev/null',
    signal: new AbortController().signal,
    onProgress: () => {},
    onWarning: (warning) => process.stderr.write(`! ${warning}\n`),
  });
  return kindPlan({
    name: kindName,
    network: kindName,
    config: '',
    kubeconfig,
    kind: images('bridge').kind,
  }).attach();
}

/** Does the work with the fault in place, and takes it out whatever happens. */
async function under(fault: Fault | undefined, context: FaultContext, work: () => Promise<void>) {
  if (!fault) return work();
  // A Ctrl-C reaches the cases too, which end; the fault must still be taken out.
  const stay = () => process.stderr.write('ending: the fault is taken out first\n');
  process.on('SIGINT', stay);
  const applied = await fault.apply(context);
  try {
    await work();
    process.stderr.write(`${fault.id} changed ${await applied.effect()} packets\n`);
  } finally {
    await applied.revert();
    process.off('SIGINT', stay);
    // What a fault did to a connection outlives its rules there.
    const { nodes } = context;
    await Promise.all(nodes.list.map(({ name }) => nodes.run(name, ['conntrack', '-F'])));
  }
}

async function several<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const queue = all.values();
  const worker = async () => {
    for (const one of queue) await work(one);
  };
  // All have ended before one that broke is told: the fault stays until then.
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

/** A part of ginkgo's JSON report. */
interface SpecReport {
  readonly ContainerHierarchyTexts: readonly string[] | null;
  readonly LeafNodeType: string;
  readonly LeafNodeText: string;
  /** `passed` and `failed` are verdicts; `timedout` is the end of our bound. */
  readonly State: string;
  /** Nanoseconds. */
  readonly RunTime: number;
  readonly Failure?: { readonly Message: string };
}

/** What upstream says of one case; `not run` where its suite did not come so far. */
async function runCase({ e2e, kubectl }: Upstream, kubeconfig: string, name: string, logs: string) {
  const file = join(logs, name.replaceAll(/\W+/g, '-'));
  const output = openSync(`${file}.log`, 'w');
  const argv = [
    ...['--provider=skeleton', `--kubeconfig=${kubeconfig}`, `--kubectl-path=${kubectl}`],
    ...[`--ginkgo.focus=${RegExp.escape(name)}`, `--ginkgo.timeout=${bound}`, '--ginkgo.no-color'],
    `--ginkgo.json-report=${file}.json`,
  ];
  await once(spawn(e2e, argv, { stdio: ['ignore', output, output] }), 'exit');
  closeSync(output);
  const [suite] = JSON.parse(await readFile(`${file}.json`, 'utf8')) as { SpecReports: SpecReport[] }[];
  const reports = suite?.SpecReports ?? [];
  const isCase = ({ LeafNodeType, ContainerHierarchyTexts, LeafNodeText }: SpecReport) =>
    LeafNodeType === 'It' && [...(ContainerHierarchyTexts ?? []), LeafNodeText].join(' ').startsWith(name);
  const found = reports.filter((spec) => isCase(spec) && spec.State !== 'skipped');
  const [spec] = found;
  if (found.length > 1) throw new Error(`${found.length} of upstream's cases begin with: ${name}`);
  const failed = spec ?? reports.find(({ Failure }) => Failure);
  const why = failed?.Failure?.Message.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 160);
  return {
    state: spec?.State ?? 'not run',
    seconds: (failed?.RunTime ?? 0) / 1e9,
    failure: why === undefined ? [] : [why],
  };
}
