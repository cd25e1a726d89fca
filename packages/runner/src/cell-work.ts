import { dirname, relative } from 'node:path';
import {
  type Cluster,
  exitCode,
  type Fault,
  interrupted,
  NetproofError,
  type NewEvent,
  type Nodes,
  policyPods,
} from '@netproof/core';
import { collectEvidence } from '@netproof/evidence';
import { faults, leftFaults, leftObjects } from '@netproof/faults';
import { kindPlan, type RunningKind } from '@netproof/kind-node';
import { Kube, type Manifest, podOf } from '@netproof/kube';
import { openLoad } from '@netproof/load';
import { throughDocker } from '@netproof/outside';
import {
  agentFile,
  commandsIn,
  httpPort,
  NewPods,
  openProbes,
  removeLeftPods,
  throughExec,
} from '@netproof/probe';
import { type CellOrder, type CellOutcome, clusterFacts } from './cell.ts';
import { type LoadedCheck, loadChecks } from './checks.ts';
import { vanished, watchNodes } from './cluster-vanished.ts';
import { CniAgents, daemonSetsOf } from './cni-agents.ts';
import { recordedAt } from './divergences.ts';
import { dnsAnswers } from './dns-ready.ts';
import { fixturesOf, settleServices } from './fixtures.ts';
import { ClusterIsolation, removeLeftPolicies } from './isolation.ts';
import { Journal, timed, timedWait } from './journal.ts';
import { keepLogs } from './keep-logs.ts';
import { withKind } from './kind-error.ts';
import { runInMocha } from './mocha-run.ts';
import { objectsOf } from './objects.ts';
import { runFolder } from './run-folder.ts';
import { selectChecks } from './select-checks.ts';
import { killMatrix, noProof, unproved } from './suite-prove.ts';
import { checksOnce, type SuiteOptions } from './suite-run.ts';
import type { Line } from './ui.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** The ids of all faults, which checks may name. */
export const faultIds = faults.map(({ id }) => id);

/** Why a cell is interrupted whose parent is gone: who resumes the run is not to wait for it. */
export const orphaned = 'orphaned';

export interface WorkOptions {
  readonly signal: AbortSignal;
  readonly onLine: Line;
}

/** What a cell's process does: opens the probes, runs the checks in mocha, takes faults out, closes the probes. */
export async function work(order: CellOrder, { signal, onLine }: WorkOptions): Promise<CellOutcome> {
  const journal = new Journal(order.journal);
  const checks = selectChecks(await loadChecks(order.suites, faultIds), { checks: order.checks });
  const { kindName } = order;
  const kube = await Kube.connect(order.kubeconfig, {
    context: order.context,
    foreign: kindName === undefined,
  });
  const kind = kindName === undefined ? undefined : await attached(kindName, order);
  using shells = kind?.shells();
  const { cluster, nodes } = portsOf(order, kube, shells?.run);
  const names = nodes.list.map(({ name }) => name);
  const objects = objectsOf(kube);
  const daemonSets = daemonSetsOf(order.cluster.spec.ready ?? []);
  // On a cluster that we did not make all is new that is ours, and all else is not ours to look at.
  if (kind) {
    await leftFaults(nodes, names);
    await leftObjects(objects, daemonSets);
    for (const left of [...(await removeLeftPolicies(kube)), ...(await removeLeftPods(kube))])
      onLine(`removed ${left}, which a killed run had left`);
  }
  journal.write(cellStarted(order, checks));

  const inside = throughExec(kube);
  const outside = throughDocker(kindName ?? '', ['node', agentFile, 'pipe']);
  await using probes = await timed(journal, 'probe streams', () =>
    openProbes({
      endpoints: order.endpoints,
      coverage: order.coverage,
      seed: order.run,
      open: (endpoint, ...rest) => (endpoint.kind === 'outside' ? outside : inside)(endpoint, ...rest),
      onStream: (event) => {
        journal.write({ event: 'stream', ...event });
        onLine(`! control stream of ${event.endpoint} ${event.state}: ${event.message}`);
      },
    }),
  );
  using watch = watchNodes(kind);
  // What was asked comes to nothing; a check that waited for it then finds that the cluster vanished.
  void watch.stopped.then(() => probes[Symbol.asyncDispose]());
  // The check that runs ends as an error, which a resumed run does again.
  const leave = () => signal.reason === orphaned && void probes[Symbol.asyncDispose]();
  signal.addEventListener('abort', leave, { once: true });
  journal.write({ event: 'probes-ready', endpoints: probes.endpoints.map(({ labels: _, ...rest }) => rest) });
  const noDns = await timedWait(journal, 'DNS answers pods', () => dnsAnswers(probes, kind && kube));
  if (noDns !== undefined) {
    onLine(`! ${noDns}`);
    // Where no check asks DNS, nothing else would tell why.
    const kept = await keepLogs(kind, runFolder(dirname(order.journal)).clusterLogs, signal);
    if (kept !== undefined) onLine(kept);
  }
  const unprogrammed = await timedWait(journal, 'Services programmed', () =>
    settleServices(fixturesOf(checks), probes, nodes.list, cluster.service),
  );
  if (unprogrammed !== undefined) onLine(`! ${unprogrammed}`);

  const load = openLoad({ open: commandsIn(kube), port: httpPort });
  const ids = policyPods(probes.endpoints).map(({ id }) => id);
  await using isolation = new ClusterIsolation(kube, order.run, ids);
  await using pods = new NewPods(kube, probes, { image: order.image, run: order.run });
  const cni = new CniAgents(kube, daemonSets);
  const context = { cluster, nodes, isolation, cni, ...untilInterrupted({ probes, load, pods }, signal) };
  const run = dirname(order.journal);
  const events = () => eventsIn(kube, order);
  const options: SuiteOptions = {
    checks,
    context,
    journal,
    cluster: order.cluster.name,
    where: order.where,
    divergences: recordedAt(new Date(), order.cluster.spec.divergences),
    coverage: order.coverage,
    vanished: () => vanished(kind, kube, names, watch),
    collect: (check, outcome, fault) => collectEvidence({ run, check, fault, context, outcome, events }),
    onLine,
  };
  const proof = noProof();
  const chosen = faults.filter(({ id }) => order.faults.includes(id));
  const groups =
    order.mode === 'prove'
      ? killMatrix(
          {
            ...options,
            faults: chosen,
            everyCell: order.everyCell,
            objects,
            tampering: isolation,
            lifecycle: pods,
            cni,
          },
          proof,
        )
      : checksOnce(options, proof.results);
  const { bail } = order;
  const { failures, left } = await runInMocha(groups, { signal, bail }).catch(async (error: unknown) => {
    // Where the cluster vanished the fault went with it; that is what to tell.
    await proof.inPlace?.revert().catch(() => {});
    throw error;
  });
  await proof.inPlace?.revert();
  if (signal.aborted) throw interrupted();
  if (failures.length > 0) {
    throw new NetproofError(
      `the harness failed at:\n${failures.map((failure) => `  ${failure}`).join('\n')}`,
      {
        code: 'HARNESS_FAILED',
        exit: exitCode.defect,
      },
    );
  }
  // Without its end in the journal, what was not run stays open to whoever goes on with the run.
  if (left.length > 0) onLine(bailed(order, left));
  else journal.write({ event: 'cell-finished', cluster: order.cluster.name });
  const { results, unexpected } = proof;
  const bare = order.mode === 'prove' ? unproved(provable(checks, chosen), proof) : [];
  // What was left out has its own list, and was not tried.
  if (left.length === 0) for (const { check, why } of bare) onLine(`? not proved ${check}  ${why}`);
  return { results, unexpected, unproved: bare.length };
}

/** What `--bail` left out, and how to go on: a proof is whole or none. */
function bailed({ kept, mode, journal, where }: CellOrder, left: readonly string[]): string {
  // Without its name another cluster is made, which may not fail where this one does.
  const on = kept ? ` ${where}` : '';
  const resume = `  go on: pnpm netproof run --resume ${relative(process.cwd(), dirname(journal)) || '.'}${on}`;
  return [
    '– ended by --bail; not run:',
    ...left.map((title) => `    ${title}`),
    ...(mode === 'run' ? [resume] : []),
  ].join('\n');
}

/** Those that one of these faults must redden. */
function provable(checks: readonly LoadedCheck[], chosen: readonly Fault[]): readonly LoadedCheck[] {
  return checks.filter(({ reddenedBy }) => chosen.some(({ id }) => reddenedBy.must.includes(id)));
}

/** Every Event of a cluster that is ours; else of our own objects, since the rest is nobody's business. */
async function eventsIn(kube: Kube, { endpoints, kindName }: CellOrder): Promise<readonly Manifest[]> {
  const all = { apiVersion: 'v1', kind: 'Event' };
  if (kindName !== undefined) return kube.list(all);
  const namespaces = [...new Set(endpoints.map(({ id }) => podOf(id).namespace))];
  return (await Promise.all(namespaces.map((namespace) => kube.list({ ...all, namespace })))).flat();
}

function attached(name: string, { kind, kubeconfig }: CellOrder): Promise<RunningKind> {
  return withKind(kindPlan({ name, network: name, config: '', kubeconfig, kind }).attach());
}

/**
 * What checks and faults may touch of the cluster of an order, its probes aside.
 *
 * @param run how a command gets into a node, where it may
 */
export function portsOf(
  order: CellOrder,
  kube: Kube,
  run: Nodes['run'] = noAccess,
): { cluster: Cluster; nodes: Nodes } {
  const { name, spec } = order.cluster;
  return {
    cluster: {
      name,
      podSubnet: spec.podSubnet ?? '',
      claims: order.claims,
      ...(order.lacks && { lacks: order.lacks }),
      service: (namespace, service) => kube.service(namespace, service),
    },
    nodes: { list: order.nodes, run },
  };
}

/** Whoever comes here has not said that it needs the nodes. */
async function noAccess(node: string, argv: readonly string[]): Promise<never> {
  throw new NetproofError(`netproof may run nothing on ${node}, which it did not make: ${argv[0]}`, {
    code: 'NO_NODE_ACCESS',
    exit: exitCode.defect,
  });
}

function cellStarted(order: CellOrder, checks: readonly LoadedCheck[]): NewEvent {
  return {
    event: 'cell-started',
    ...clusterFacts(order.cluster, order.claims),
    ...(order.kindName === undefined && { provider: 'existing' }),
    ...(order.cluster.spec.podSubnet && { podSubnet: order.cluster.spec.podSubnet }),
    nodes: order.nodes.map((node) => ({ ...node })),
    checks: checks.map(({ id, requirement, source, covers = [], reddenedBy, cloudedBy, movedBy }) => ({
      id,
      requirement,
      source,
      covers: [...covers],
      must: [...reddenedBy.must],
      may: [...(reddenedBy.may ?? [])],
      ...(cloudedBy && { cloudedBy: [...cloudedBy] }),
      ...(movedBy && { movedBy }),
    })),
  };
}
