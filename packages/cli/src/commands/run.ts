import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Coverage, exitCode, NetproofError, type Shard, worstExit } from '@netproof/core';
import {
  type ClusterFolder,
  expiredEntries,
  faultIds,
  isDone,
  jobsFor,
  type LoadedCheck,
  loadChecks,
  newRunFolder,
  type Owner,
  owners,
  prepareMachine,
  presentImages,
  type RunFolder,
  runClusters,
  selectChecks,
  selectClusters,
  type WantedClusters,
  wholeFolders,
  writePlan,
} from '@netproof/runner';
import { ensureDocker } from '@netproof/setup/docker';
import { netproofVersion, places } from '../places.ts';
import { type ReporterName, reporters, usualReporter } from '../reporters/index.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { untilInterrupted } from '../signals.ts';
import { existingCommand, existingOf } from './existing.ts';
import { kernelLacks } from './lacking.ts';
import { type Reported, reported, summed, tellAll } from './reporting.ts';
import { checksLeft, type Resumed, resumedRun, sameClusters } from './resuming.ts';

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
  const checks = resumed ? all : selectChecks(all, { checks: check, suites: suite, grep, shard });
  const coverage = resumed?.plan.coverage ?? flags.coverage;
  const faults = chosenFaults(flags.fault);
  const reporter = reporters[flags.reporter ?? usualReporter()];
  if (flags.list) {
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
    return existingCommand(existing, { flags, all, checks, coverage, shard, resumed, ui: reporter() });
  }
  const on = flags.on === undefined ? undefined : await kept(flags.on);
  const clusters = await selectClusters(
    places.clusters,
    wantedClusters(mode, flags, on, resumed),
    all.map(({ id }) => id),
  );
  if (resumed) {
    sameClusters(
      resumed,
      clusters.map(({ name }) => name),
    );
    if (on) {
      const kept = clusters.find(({ named }) => named === on.cluster);
      sameClusters(resumed, [kept?.name ?? on.cluster]);
    }
  }
  const earlier = ({ name }: ClusterFolder) => resumed?.earlier.get(name);
  const checksOf = new Map(
    clusters.map((cluster) => [cluster, resumed ? checksLeft(checks, cluster.name, resumed) : checks]),
  );
  const open = clusters.filter((cluster) => !isDone(earlier(cluster)));
  // One that was kept is judged as it is: nothing of its folder is installed anew.
  if (!on) await wholeFolders(open);
  const lacks = await kernelLacks(open);
  const made = open.filter((cluster) => !lacks.get(cluster)?.length);
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
  if (flags.json !== undefined) await writeFile(flags.json, JSON.stringify(summed(reports)));
  const exit = signal.aborted ? exitCode.interrupted : worstExit(ended.map(({ exit }) => exit));
  await tellAll(reports, { folder: folder.path, start, several: clusters.length > 1, exit, ui });
  return exit;
}

/** @throws NetproofError `NO_SUCH_FAULT` (exit 2) with every name that is none */
function chosenFaults(wanted: readonly string[] = faultIds): readonly string[] {
  const unknown = wanted.filter((id) => !faultIds.includes(id));
  if (unknown.length === 0) return wanted;
  throw new NetproofError(`there is no fault ${unknown.join(', no ')}; there are: ${faultIds.join(', ')}`, {
    code: 'NO_SUCH_FAULT',
    exit: exitCode.usage,
  });
}

/**
 * What the flags name; a cluster that was kept and a run that is resumed know it by themselves.
 *
 * @throws NetproofError `OPTIONS` (exit 2) where a kept cluster should be another, too
 */
function wantedClusters(
  mode: 'run' | 'prove',
  flags: RunFlags,
  on: Owner | undefined,
  resumed: Resumed | undefined,
): WantedClusters {
  if (on && !resumed) {
    const beside = [...(flags.cluster ? ['--cluster'] : []), ...(flags.cni ? ['--cni'] : [])];
    if (beside.length === 0) return { clusters: [on.cluster], cnis: [] };
    throw new NetproofError(
      `${beside.join(' and ')} beside --on: ${on.kindName} is a cluster ${on.cluster}`,
      {
        code: 'OPTIONS',
        exit: exitCode.usage,
        hint: `pnpm netproof ${mode} --on ${on.kindName}`,
      },
    );
  }
  if (flags.cluster || flags.cni || !resumed)
    return { clusters: flags.cluster, cnis: flags.cni ?? ['bridge'] };
  return { clusters: resumed.plan.clusters.map(({ name, folder }) => folder ?? name), cnis: [] };
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

async function kept(kindName: string): Promise<Owner> {
  const all = (await owners()).filter((owner) => owner.kept);
  const found = all.find((owner) => owner.kindName === kindName);
  if (found) return found;
  const there = all.map((owner) => owner.kindName).join(', ') || 'none';
  throw new NetproofError(`no cluster ${kindName} was kept; kept are: ${there}`, {
    code: 'NOT_KEPT',
    exit: exitCode.usage,
    hint: 'keep one with: pnpm netproof run --keep',
  });
}

async function dockerVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', ['version', '--format', '{{.Server.Version}}']);
  return stdout.trim();
}
