import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Coverage, exitCode, NetproofError, type Shard, together } from '@netproof/core';
import {
  type ClusterFolder,
  expiredEntries,
  faultIds,
  isDone,
  jobsFor,
  type LoadedCheck,
  loadChecks,
  newRunFolder,
  prepareMachine,
  presentImages,
  type RunFolder,
  runClusters,
  selectChecks,
  writePlan,
} from '@netproof/runner';
import { ensureDocker } from '@netproof/setup/docker';
import { netproofVersion, places } from '../places.ts';
import { type ReporterName, reporters, usualReporter } from '../reporters/index.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { untilInterrupted } from '../signals.ts';
import { chosenClusters, refused } from './chosen-clusters.ts';
import { existingCommand, existingOf, judgedAs } from './existing.ts';
import { exitOfRun, type Reported, reported, tellAll } from './reporting.ts';
import { checksLeft, resumedRun } from './resuming.ts';
import { tryTotals, writeTotals } from './totals-file.ts';

export interface RunFlags {
  readonly cni?: readonly string[];
  readonly cluster?: readonly string[];
  readonly check?: readonly string[];
  readonly suite?: readonly string[];
  readonly grep?: RegExp;
  readonly shard?: Shard;
  readonly fault?: readonly string[];
  readonly coverage: Coverage;
  readonly resume?: string;
  readonly on?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly agentImage?: string;
  readonly jobs?: number;
  readonly bail?: boolean;
  readonly keep?: boolean;
  readonly reporter?: ReporterName;
  readonly list?: boolean;
  readonly json?: string;
  readonly out: string;
}

/** `netproof run` and `netproof prove`. Resolves with the exit code. */
export async function runCommand(mode: 'run' | 'prove', flags: RunFlags): Promise<number> {
  // What cannot be asked for is told before a folder is looked at.
  if (flags.kubeconfig !== undefined) existingOf(mode, flags, undefined);
  const resumed = flags.resume === undefined ? undefined : await resumedRun(flags.resume);
  const existing = existingOf(mode, flags, resumed);
  const all = await loadChecks(places.suites, faultIds);
  const { check = [], suite = [], grep, shard = resumed?.plan.shard } = flags;
  const coverage = resumed?.plan.coverage ?? flags.coverage;
  const chosen = async () =>
    resumed ? all : selectChecks(all, { checks: check, suites: suite, grep, shard });
  const reporter = reporters[flags.reporter ?? usualReporter()];
  if (flags.list) {
    const [checks] = await together([chosen(), chosenFaults(flags.fault)], refused);
    const ui: Reporter = reporter();
    // Without a name it lists also what is run by its name only.
    const named = [flags.check, flags.suite, grep, shard].some((one) => one !== undefined);
    for (const { id, requirement, onlyNamed } of named ? checks : all) {
      const line = `${id}${onlyNamed ? ', only where it is named' : ''}\n  ${requirement}`;
      ui.line(line, { event: 'listed', check: id, requirement });
    }
    return exitCode.pass;
  }
  if (existing) {
    const [checks, judged] = await together(
      [chosen(), judgedAs(existing, all), tryTotals(flags.json)],
      refused,
    );
    const run = { flags, all, checks, coverage, shard, resumed, ...judged, ui: reporter() };
    return existingCommand(existing, run);
  }
  const [checks, faults, { clusters, lacks, on }] = await together(
    [
      chosen(),
      chosenFaults(flags.fault),
      chosenClusters(
        mode,
        flags,
        all.map(({ id }) => id),
        resumed,
      ),
      tryTotals(flags.json),
    ],
    refused,
  );
  const earlier = ({ name }: ClusterFolder) => resumed?.earlier.get(name);
  const checksOf = new Map(
    clusters.map((cluster) => [cluster, resumed ? checksLeft(checks, cluster.name, resumed) : checks]),
  );
  const made = clusters.filter((cluster) => !isDone(earlier(cluster)) && !lacks.get(cluster)?.length);
  const jobs = await jobsFor(made.length, flags.jobs);

  const start = performance.now();
  await ensureDocker();
  if (!on) await presentImages(made);
  const signal = untilInterrupted();
  const folder = resumed?.folder ?? (await newFolder(mode, flags.out, { clusters, checks, coverage, shard }));
  const ui: Reporter = reporter(jobs > 1 ? false : undefined);
  for (const line of expiredEntries(new Date(), clusters)) ui.line(line);
  const reports: Reported[] = [];
  const ended = await runClusters({
    mode,
    clusters,
    images: (made) => prepareMachine({ clusters: made, log: folder.imagesLog, ui, signal }),
    lacks: (cluster) => lacks.get(cluster) ?? [],
    jobs,
    suites: places.suites,
    checks: (cluster) => checksOf.get(cluster) ?? [],
    faults,
    everyCell: [flags.check, flags.suite, flags.fault, grep].some((one) => one !== undefined),
    coverage,
    bail: flags.bail ?? false,
    shard,
    keep: flags.keep ?? false,
    on,
    folder,
    earlier,
    netproof: netproofVersion,
    argv: process.argv.slice(2),
    docker: await dockerVersion(),
    ui,
    signal,
    onEnd: async (one) => {
      reports.push(await reported(one, start, ui));
    },
  });
  const exit = signal.aborted ? exitCode.interrupted : exitOfRun(ended);
  await tellAll(reports, { folder: folder.path, start, several: clusters.length > 1, exit, ui });
  return writeTotals(flags.json, reports, exit);
}

/** @throws NetproofError `NO_SUCH_FAULT` (exit 2) with every name that is none */
async function chosenFaults(wanted: readonly string[] = faultIds): Promise<readonly string[]> {
  const unknown = wanted.filter((id) => !faultIds.includes(id));
  if (unknown.length === 0) return wanted;
  throw new NetproofError(`there is no fault ${unknown.join(', no ')}; there are: ${faultIds.join(', ')}`, {
    code: 'NO_SUCH_FAULT',
    exit: exitCode.usage,
  });
}

/** The folder of a new run, with its plan. */
async function newFolder(
  mode: 'run' | 'prove',
  out: string,
  {
    clusters,
    checks,
    coverage,
    shard,
  }: {
    readonly clusters: readonly ClusterFolder[];
    readonly checks: readonly LoadedCheck[];
    readonly coverage: Coverage;
    readonly shard: Shard | undefined;
  },
): Promise<RunFolder> {
  const run = await newRunFolder(out);
  await writePlan(run.path, {
    run: run.id,
    mode,
    clusters: clusters.map(({ name, named }) => (named === name ? { name } : { name, folder: named })),
    checks: checks.map(({ id }) => id),
    coverage,
    ...(shard && { shard }),
  });
  return run;
}

async function dockerVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', ['version', '--format', '{{.Server.Version}}']);
  return stdout.trim();
}
