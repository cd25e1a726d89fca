import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { exitCode, NetproofError } from '@netproof/core';
import { findRuns, readJournal } from '@netproof/report';
import {
  type Earlier,
  earlierOf,
  faultIds,
  jobsFor,
  loadChecks,
  newRunFolder,
  type Owner,
  owners,
  prepareMachine,
  runClusters,
  runFolder,
  selectChecks,
  selectClusters,
  worstExit,
} from '@netproof/runner';
import { ensureBuildTools, ensureDocker } from '@netproof/setup/docker';
import { netproofVersion, places } from '../places.ts';
import { untilInterrupted } from '../signals.ts';
import { terminal } from '../terminal.ts';
import { kernelLacks } from './lacking.ts';
import { type Reported, reported, summed, tellAll } from './reporting.ts';

export interface RunFlags {
  readonly cni: readonly string[];
  readonly cluster?: readonly string[];
  readonly check?: readonly string[];
  readonly suite?: readonly string[];
  readonly resume?: string;
  readonly on?: string;
  readonly jobs?: number;
  readonly keep?: boolean;
  readonly list?: boolean;
  readonly json?: string;
  readonly out: string;
}

/** `netproof run` and `netproof prove`. Resolves with the exit code. */
export async function runCommand(mode: 'run' | 'prove', flags: RunFlags): Promise<number> {
  const earlier = flags.resume === undefined ? undefined : await earlierIn(flags.resume);
  const all = await loadChecks(places.suites, faultIds);
  const wanted = earlier
    ? { checks: earlier.left }
    : { checks: flags.check ?? [], suites: flags.suite ?? [] };
  const checks = selectChecks(all, wanted);
  if (flags.list) {
    for (const { id, requirement } of checks) process.stdout.write(`${id}\n  ${requirement}\n`);
    return exitCode.pass;
  }
  const on = flags.on === undefined ? undefined : await kept(flags.on);
  const name = on?.cluster ?? earlier?.cluster;
  const clusters = await selectClusters(
    places.clusters,
    name === undefined ? { clusters: flags.cluster, cnis: flags.cni } : { clusters: [name], cnis: [] },
  );
  const lacks = await kernelLacks(clusters);
  const jobs = await jobsFor(clusters.length, flags.jobs);

  const start = performance.now();
  await ensureDocker();
  // A cluster that is there needs no more building.
  if (!on) await ensureBuildTools();
  const signal = untilInterrupted();
  const folder =
    flags.resume === undefined ? await newRunFolder(flags.out) : runFolder(flags.resume, earlier?.run);
  const ui = terminal(jobs > 1 ? false : undefined);
  const images = await prepareMachine({ clusters, log: folder.imagesLog, ui, signal });
  const reports: Reported[] = [];
  const ended = await runClusters({
    mode,
    clusters,
    images,
    lacks: (cluster) => lacks.get(cluster) ?? [],
    jobs,
    suites: places.suites,
    checks,
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
      reports.push(await reported(one, start));
    },
  });
  if (flags.json !== undefined) await writeFile(flags.json, JSON.stringify(summed(reports)));
  if (clusters.length > 1) await tellAll(reports, folder.path, start);
  return signal.aborted ? exitCode.interrupted : worstExit(ended.map(({ exit }) => exit));
}

async function earlierIn(folder: string): Promise<Earlier> {
  const [only, ...more] = await findRuns([folder]);
  if (only !== undefined && only !== folder) {
    throw new NetproofError(`${folder} is a run on several clusters, each of which is resumed by itself`, {
      code: 'NOT_RESUMABLE',
      exit: exitCode.usage,
      hint: [only, ...more].map((one) => `pnpm netproof run --resume ${one}`).join('\n  '),
    });
  }
  const { events } = await readJournal(runFolder(folder).journal);
  return earlierOf(events);
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
