import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { cpus, release, totalmem, version } from 'node:os';
import {
  type Coverage,
  type ExitCode,
  exitCode,
  exitOf,
  explain,
  NetproofError,
  type Shard,
} from '@netproof/core';
import type { Images } from '@netproof/images';
import { deployProbes } from '@netproof/probe';
import { type CellOrder, type CellOutcome, clusterFacts } from './cell.ts';
import { runCell } from './cell-process.ts';
import type { LoadedCheck } from './checks.ts';
import { whileWhole } from './cluster-vanished.ts';
import type { ClusterFolder } from './clusters.ts';
import { type Earlier, exitOfEarlier, sameImages } from './earlier.ts';
import { applyFixtures, fixturesOf } from './fixtures.ts';
import { interrupted, interruptible } from './interrupt.ts';
import { Journal, timed } from './journal.ts';
import { endWithWholeLine } from './journal-tail.ts';
import { type Outside, outsideOf } from './outside.ts';
import { ownImages } from './own-images.ts';
import { attach, type Provisioned, provision } from './provision.ts';
import type { Owner } from './registry.ts';
import { kindName, type RunFolder } from './run-folder.ts';
import type { Ui } from './ui.ts';

export interface RunOptions {
  readonly mode: 'run' | 'prove';
  readonly cluster: ClusterFolder;
  readonly images: Images;
  readonly suites: string;
  readonly checks: readonly LoadedCheck[];
  /** The ids of those that a proof puts in. */
  readonly faults: readonly string[];
  /** See `ProveOptions`. */
  readonly everyCell: boolean;
  /** Which pairs of matrices are asked. */
  readonly coverage: Coverage;
  /** What this machine lacks for the cluster, in words; with any, it is not applicable here. */
  readonly lacks: readonly string[];
  /** The first check that fails ends it. */
  readonly bail: boolean;
  /** Which share of the checks these are. */
  readonly shard: Shard | undefined;
  /** Leaves the cluster running at the end. */
  readonly keep: boolean;
  /** Uses a kept cluster instead of a new one. */
  readonly on?: Owner | undefined;
  readonly folder: RunFolder;
  /** What was done before, where this goes on with a cluster of a run that was broken off; `checks` are what is left. */
  readonly earlier?: Earlier | undefined;
  readonly netproof: string;
  readonly argv: readonly string[];
  /** What `docker version` says of the server. */
  readonly docker: string;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/**
 * The checks on one cluster, from its making to the last line of the journal, which says how it ended.
 *
 * @throws what stood in the way, also in the journal once that has begun; checks that fail are an exit code
 */
export async function run(options: RunOptions): Promise<ExitCode> {
  const { earlier, folder, images, mode, ui, signal } = options;
  const began = {
    run: folder.id,
    netproof: options.netproof,
    argv: [...options.argv],
    provenance: [...images.provenance, ...(await ownImages(options.cluster))],
  };
  if (earlier) sameImages(earlier.provenance, began.provenance);
  endWithWholeLine(folder.journal);
  const journal = new Journal(folder.journal);
  if (earlier) journal.write({ event: 'run-resumed', ...began });
  else
    journal.write({
      event: 'run-started',
      ...began,
      mode,
      coverage: options.coverage,
      machine: { kernel: release(), os: distribution(), cpus: cpus().length, memoryBytes: totalmem() },
      docker: options.docker,
      node: process.version,
      ...(options.shard && { shard: options.shard }),
    });
  let exit: ExitCode;
  let failure: unknown;
  try {
    if (earlier?.left.length === 0) exit = complete(options.cluster, earlier, journal);
    else exit = options.lacks.length > 0 ? notApplicable(options, journal) : await judged(options, journal);
  } catch (thrown) {
    let error = thrown;
    // The first error is the one to tell; what could not be removed is swept by the next start.
    for (; error instanceof SuppressedError; error = error.suppressed) {
      ui.line(`! not all could be removed: ${explain(error.error)}`);
    }
    failure = signal.aborted ? interrupted() : error;
    exit = failure instanceof NetproofError ? failure.exit : exitCode.defect;
  }
  const message = failure === undefined ? {} : { message: explain(failure) };
  try {
    journal.write({ event: 'run-finished', exit, ...message });
  } catch (error) {
    failure ??= error; // a full disk may be what it failed of
  }
  if (failure !== undefined) throw failure;
  return exit;
}

function notApplicable({ cluster, lacks, ui }: RunOptions, journal: Journal): ExitCode {
  ui.line(`– ${cluster.name} is not applicable here: ${lacks.join('; ')}`);
  journal.write({ event: 'cell-not-applicable', ...clusterFacts(cluster), reasons: [...lacks] });
  return exitCode.pass;
}

/** Every result was in the journal already: it was broken off at its very end. */
function complete({ name }: ClusterFolder, earlier: Earlier, journal: Journal): ExitCode {
  if (earlier.lacks.length === 0) journal.write({ event: 'cell-finished', cluster: name });
  return exitOfEarlier(earlier);
}

async function judged(options: RunOptions, journal: Journal): Promise<ExitCode> {
  const { earlier, mode } = options;
  const outcome = await onCluster(options, journal);
  const results = [...(earlier?.results ?? []), ...outcome.results];
  return mode === 'prove' ? exitOfProof(outcome) : exitOf(results);
}

/** A check that no fault reddened here is not proved, though nothing was wrong. */
function exitOfProof({ results, unexpected, unproved }: CellOutcome): ExitCode {
  if (results.length === 0 || results.some(({ result }) => result === 'error')) return exitCode.defect;
  if (unexpected > 0) return exitCode.checkFailed;
  return unproved > 0 ? exitCode.undecided : exitCode.pass;
}

async function onCluster(options: RunOptions, journal: Journal): Promise<CellOutcome> {
  const { cluster, folder, images, keep, on, ui, signal } = options;
  await using provisioned = on
    ? await attach(on, images)
    : await provision({
        cluster,
        kindName: kindName(cluster.name, folder.id),
        images,
        folder,
        journal,
        ui,
        signal,
      });
  if (keep) {
    await provisioned.keep();
    const { kindName, kubeconfig } = provisioned;
    ui.line(`keeping ${kindName}: KUBECONFIG=${kubeconfig}`);
    ui.line(`  again: pnpm netproof run --on ${kindName}; to remove it: pnpm netproof clean`);
  }
  await using outside = outsideOf(options, images, provisioned);
  const order = await prepare(options, journal, { provisioned, outside, image: images.agentImage });
  await writeFile(folder.order, JSON.stringify(order, null, 2));
  // Awaited here: a promise that is returned would be waited for after the cluster is gone.
  return await runCell(folder.order, { signal, onLine: ui.line });
}

/** Probes and fixtures into the cluster; then all that the cell's process must know. */
async function prepare(
  options: RunOptions,
  journal: Journal,
  made: { readonly provisioned: Provisioned; readonly outside: Outside; readonly image: string },
): Promise<CellOrder> {
  const { checks, cluster, folder, mode, suites, ui, signal } = options;
  const { kind, kube, kubeconfig, kindName, nodes } = made.provisioned;
  const onWhole = <T>(work: Promise<T>) => interruptible(whileWhole(kind, work), signal);
  const deployed = timed(journal, 'probes', () =>
    ui.step('probes', () =>
      onWhole(
        Promise.all([deployProbes(kube, { image: made.image, run: folder.id }), made.outside.endpoints]),
      ),
    ),
  );
  const endpoints = (await deployed).flat();
  await onWhole(applyFixtures(kube, fixturesOf(checks), endpoints, folder.id));
  const { name, spec } = cluster;
  return {
    mode,
    run: folder.id,
    suites,
    checks: checks.map(({ id }) => id),
    faults: options.faults,
    everyCell: options.everyCell,
    coverage: options.coverage,
    bail: options.bail,
    cluster: { name, spec },
    kindName,
    kubeconfig,
    journal: folder.journal,
    nodes,
    endpoints,
    image: made.image,
  };
}

/** `Debian GNU/Linux 12 (bookworm)`, from os-release(5); the kernel's own words where there is none. */
function distribution(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? version();
  } catch {
    return version();
  }
}
