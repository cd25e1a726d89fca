import { join, resolve } from 'node:path';
import { type Coverage, exitCode, NetproofError, type Shard, together } from '@netproof/core';
import {
  type ClusterFolder,
  type Existing,
  expiredEntries,
  type LoadedCheck,
  nameOfExisting,
  newRunFolder,
  type RunFolder,
  runExisting,
  selectClusters,
  usualAgentImage,
  writePlan,
} from '@netproof/runner';
import { netproofVersion, places } from '../places.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { untilInterrupted } from '../signals.ts';
import { refused } from './chosen-clusters.ts';
import { reported, tellAll } from './reporting.ts';
import { checksLeft, type Resumed } from './resuming.ts';
import type { RunFlags } from './run.ts';
import { writeTotals } from './totals-file.ts';

/** Where the rights stand that a run on an existing cluster needs. */
export const rbacFile = join(places.clusters, 'rbac.yaml');

/** What makes no sense on a cluster that netproof does not make, by option, in words. */
const senseless = (mode: 'run' | 'prove', flags: RunFlags): readonly string[] => [
  ...(mode === 'prove' ? ['prove: its faults are put on nodes, which are not ours there'] : []),
  ...(flags.cni ? ['--cni: it has its own'] : []),
  ...((flags.cluster?.length ?? 0) > 1 ? ['several of --cluster: it is one cluster'] : []),
  ...(flags.jobs === undefined ? [] : ['--jobs: it is one cluster']),
  ...(flags.on === undefined ? [] : ['--on: that is a cluster that netproof made']),
  ...(flags.keep ? ['--keep: nothing of a run stays there'] : []),
];

/**
 * The existing cluster that the flags name, if they do, or that a run was on which is resumed.
 *
 * @throws NetproofError `OPTIONS` (exit 2) with all that cannot stand beside it
 */
export function existingOf(
  mode: 'run' | 'prove',
  flags: RunFlags,
  resumed: Resumed | undefined,
): Existing | undefined {
  const { kubeconfig, context, agentImage } = flags;
  if (kubeconfig === undefined) {
    const alone = [
      ...(context === undefined ? [] : ['--context']),
      ...(agentImage === undefined ? [] : ['--agent-image']),
    ];
    if (alone.length > 0) throw cannotStand(`${alone.join(' and ')} without --kubeconfig`);
    if (!resumed?.plan.existing) return undefined;
    const beside = [
      ...senseless(mode, flags),
      ...(flags.cluster ? ['--cluster: what it is judged as it knows by itself'] : []),
    ];
    if (beside.length > 0) throw cannotStand(`not for a run on an existing cluster: ${beside.join('; ')}`);
    return resumed.plan.existing;
  }
  const wrong = [
    ...senseless(mode, flags),
    ...(flags.resume === undefined ? [] : ['--resume: such a run knows its cluster by itself']),
  ];
  if (wrong.length > 0) throw cannotStand(`not with --kubeconfig: ${wrong.join('; ')}`);
  return {
    kubeconfig: resolve(kubeconfig),
    context,
    image: agentImage ?? usualAgentImage,
    as: flags.cluster?.[0],
  };
}

function cannotStand(message: string): NetproofError {
  return new NetproofError(message, {
    code: 'OPTIONS',
    exit: exitCode.usage,
    hint: 'pnpm netproof run --help',
  });
}

/** As which cluster an existing one is judged, if as any, and what it is called. */
export interface Judged {
  readonly as: ClusterFolder | undefined;
  readonly name: string;
}

/** @throws NetproofError exit 2: `KUBECONFIG_INVALID`, and what `selectClusters` refuses */
export async function judgedAs(
  { as, kubeconfig, context }: Existing,
  all: readonly LoadedCheck[],
): Promise<Judged> {
  const [own, found] = await together(
    [
      (async () => nameOfExisting({ kubeconfig, context }, undefined))(),
      as === undefined
        ? []
        : selectClusters(
            places.clusters,
            { clusters: [as], cnis: [] },
            all.map(({ id }) => id),
          ),
    ],
    refused,
  );
  return { as: found[0], name: found[0]?.name ?? own };
}

export interface ExistingRun extends Judged {
  readonly flags: RunFlags;
  readonly all: readonly LoadedCheck[];
  readonly checks: readonly LoadedCheck[];
  readonly coverage: Coverage;
  readonly shard: Shard | undefined;
  readonly resumed: Resumed | undefined;
  readonly ui: Reporter;
}

/** `netproof run --kubeconfig`: nothing of kind or docker is needed or asked for. Resolves with the exit code. */
export async function existingCommand(existing: Existing, run: ExistingRun): Promise<number> {
  const { all, as, checks, coverage, flags, name, resumed, shard, ui } = run;
  const start = performance.now();
  const { image, ...where } = existing;
  const signal = untilInterrupted();
  const folder = resumed?.folder ?? (await newFolder(existing, run));
  for (const line of expiredEntries(new Date(), as ? [as] : [])) ui.line(line);
  const ended = await runExisting({
    ...{ where, name, as, image, rbac: rbacFile },
    suites: places.suites,
    checks: resumed ? checksLeft(all, name, resumed) : checks,
    coverage,
    bail: flags.bail ?? false,
    shard,
    folder,
    earlier: resumed?.earlier.get(name),
    netproof: netproofVersion,
    argv: process.argv.slice(2),
    ui,
    signal,
  });
  const told = await reported(ended, start, ui);
  const exit = signal.aborted ? exitCode.interrupted : ended.exit;
  await tellAll([told], { folder: folder.path, start, several: false, exit, ui });
  return writeTotals(flags.json, [told], exit);
}

async function newFolder(
  existing: Existing,
  { as, checks, coverage, flags, name, shard }: ExistingRun,
): Promise<RunFolder> {
  const run = await newRunFolder(flags.out);
  await writePlan(run.path, {
    run: run.id,
    mode: 'run',
    clusters: [{ name }],
    checks: checks.map(({ id }) => id),
    coverage,
    existing: { ...existing, as: as?.named },
    ...(shard && { shard }),
  });
  return run;
}
