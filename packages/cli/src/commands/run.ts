import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { promisify } from 'node:util';
import { exitCode, explain, NetproofError } from '@netproof/core';
import { readJournal, writeReports } from '@netproof/report';
import {
  type ClusterFolder,
  type Earlier,
  earlierOf,
  faultIds,
  loadChecks,
  loadCluster,
  loadClusters,
  newRunFolder,
  type Owner,
  owners,
  run,
  runFolder,
  selectChecks,
  selectCluster,
} from '@netproof/runner';
import { ensureBuildTools, ensureDocker } from '@netproof/setup/docker';
import { netproofVersion, places } from '../places.ts';
import { untilInterrupted } from '../signals.ts';
import { terminal } from '../terminal.ts';

export interface RunFlags {
  readonly cni: string;
  readonly cluster?: string;
  readonly check?: readonly string[];
  readonly suite?: readonly string[];
  readonly resume?: string;
  readonly on?: string;
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
  const name = on?.cluster ?? flags.cluster ?? earlier?.cluster;
  const cluster = await clusterOf({ cni: flags.cni, ...(name !== undefined && { cluster: name }) });
  if (earlier && earlier.cluster !== cluster.name) throw otherCluster(earlier, cluster);

  const start = performance.now();
  await ensureDocker();
  // A cluster that is there needs no more building.
  if (!on) await ensureBuildTools();
  const signal = untilInterrupted();
  const folder = flags.resume === undefined ? await newRunFolder(flags.out) : runFolder(flags.resume);
  const ui = terminal();
  // Without images there was no run to report.
  const reported = async () => {
    if (existsSync(folder.journal)) await report(folder.path, flags.json, start);
  };
  let code: number;
  try {
    code = await run({
      mode,
      cluster,
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
    });
  } catch (error) {
    // How the run ended is to be told, whatever becomes of its report.
    await reported().catch((why: unknown) => ui.line(`! the report was not written: ${explain(why)}`));
    throw error;
  }
  await reported();
  return code;
}

async function clusterOf({ cluster, cni }: { readonly cluster?: string; readonly cni: string }) {
  // A path is a cluster outside this repository.
  if (cluster?.includes('/')) return loadCluster(cluster);
  return selectCluster(await loadClusters(places.clusters), cluster === undefined ? { cni } : { cluster });
}

async function earlierIn(folder: string): Promise<Earlier> {
  const { events } = await readJournal(runFolder(folder).journal);
  return earlierOf(events);
}

function otherCluster(earlier: Earlier, { name }: ClusterFolder): NetproofError {
  return new NetproofError(`that run was on the cluster ${earlier.cluster}, not on ${name}`, {
    code: 'OTHER_CLUSTER',
    exit: exitCode.usage,
  });
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

/** Renders what the journal holds, also of a run that was broken off, and prints the summary. */
async function report(folder: string, json: string | undefined, start: number): Promise<void> {
  const written = await writeReports(folder);
  const { passed, failed, skipped } = written.totals;
  const took = ((performance.now() - start) / 1000).toFixed(0);
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped, in ${took} s\n`);
  process.stdout.write(`report: ${relative(process.cwd(), written.html)}\n`);
  if (json !== undefined)
    await writeFile(json, JSON.stringify({ totals: written.totals, report: written.html }));
}
