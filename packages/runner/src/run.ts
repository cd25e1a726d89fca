import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { cpus, release, totalmem, version } from 'node:os';
import {
  type Coverage,
  type ExitCode,
  exitCode,
  exitOf,
  explain,
  interrupted,
  NetproofError,
  type Shard,
} from '@netproof/core';
import { deployProbes } from '@netproof/probe';
import { type CellCluster, type CellOrder, type CellOutcome, clusterFacts } from './cell.ts';
import { runCell } from './cell-process.ts';
import type { LoadedCheck } from './checks.ts';
import { whileWhole } from './cluster-vanished.ts';
import { type Earlier, exitOfEarlier, sameImages } from './earlier.ts';
import { applyFixtures, fixturesOf } from './fixtures.ts';
import { interruptible } from './interrupt.ts';
import { Journal, timed } from './journal.ts';
import { endWithWholeLine } from './journal-tail.ts';
import { keepLogs } from './keep-logs.ts';
import type { Provided, Provider } from './provider.ts';
import type { RunFolder } from './run-folder.ts';
import type { Ui } from './ui.ts';

export interface RunOptions {
  readonly mode: 'run' | 'prove';
  /** What is known of it before it is there. */
  readonly cluster: CellCluster;
  readonly provider: Provider;
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
  /** What it would claim then. */
  readonly claims: readonly string[];
  /** The first check that fails ends it. */
  readonly bail: boolean;
  /** Which share of the checks these are. */
  readonly shard: Shard | undefined;
  readonly folder: RunFolder;
  /** What was done before, where this goes on with a cluster of a run that was broken off; `checks` are what is left. */
  readonly earlier?: Earlier | undefined;
  readonly netproof: string;
  readonly argv: readonly string[];
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/**
 * The checks on one cluster, from its making to the last line of the journal, which says how it ended.
 *
 * @throws what stood in the way, also in the journal once that has begun; checks that fail are an exit code
 */
export async function run(options: RunOptions): Promise<ExitCode> {
  const { earlier, folder, mode, provider, ui, signal } = options;
  const began = {
    run: folder.id,
    netproof: options.netproof,
    argv: [...options.argv],
    provenance: [...(await provider.provenance())],
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
      docker: provider.docker,
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

function notApplicable({ claims, cluster, lacks, ui }: RunOptions, journal: Journal): ExitCode {
  ui.line(`– ${cluster.name} is not applicable here: ${lacks.join('; ')}`);
  journal.write({ event: 'cell-not-applicable', ...clusterFacts(cluster, claims), reasons: [...lacks] });
  return exitCode.pass;
}

/** Every result was in the journal already: it was broken off at its very end. */
function complete({ name }: CellCluster, earlier: Earlier, journal: Journal): ExitCode {
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
  const { folder, provider, ui } = options;
  await using provided = await provider.open(journal);
  const lost = provided.hold?.lost;
  const signal = lost ? AbortSignal.any([options.signal, lost]) : options.signal;
  try {
    const order = await prepare({ ...options, signal }, journal, provided).catch(async (error: unknown) => {
      // A CNI that breaks on one worker shows here first, and why stands in logs that are about to go.
      const kept = await keepLogs(provided.kind, folder.clusterLogs, signal);
      if (kept !== undefined) ui.line(kept);
      throw error;
    });
    await writeFile(folder.order, JSON.stringify(order, null, 2));
    // Awaited here: a promise that is returned would be waited for after the cluster is gone.
    return await runCell(folder, { signal: options.signal, hold: provided.hold, onLine: ui.line });
  } catch (error) {
    if (!options.signal.aborted) await provided.hold?.confirm();
    throw lost?.aborted && !options.signal.aborted ? lost.reason : error;
  }
}

/** Probes and fixtures into the cluster; then all that the cell's process must know. */
async function prepare(options: RunOptions, journal: Journal, provided: Provided): Promise<CellOrder> {
  const { checks, folder, mode, suites, ui, signal } = options;
  const { kind, kube, nodes, probes } = provided;
  const onWhole = <T>(work: Promise<T>) => interruptible(whileWhole(kind, work), signal);
  const deployed = timed(journal, 'probes', () =>
    ui.step('probes', () => onWhole(Promise.all([deployProbes(kube, probes), provided.outside]))),
  );
  const endpoints = (await deployed).flat();
  const place = await onWhole(provided.describe(endpoints));
  await onWhole(applyFixtures(kube, fixturesOf(checks), endpoints, folder.id));
  return {
    mode,
    run: folder.id,
    suites,
    checks: checks.map(({ id }) => id),
    faults: options.faults,
    everyCell: options.everyCell,
    coverage: options.coverage,
    bail: options.bail,
    ...place,
    journal: folder.journal,
    nodes,
    endpoints,
    image: probes.image,
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
