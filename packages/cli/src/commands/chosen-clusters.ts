import { exitCode, NetproofError, together } from '@netproof/core';
import {
  type ClusterFolder,
  isDone,
  type Owner,
  owners,
  selectClusters,
  type WantedClusters,
  wholeFolders,
} from '@netproof/runner';
import { places } from '../places.ts';
import { kernelLacks } from './lacking.ts';
import { type Resumed, sameClusters } from './resuming.ts';
import type { RunFlags } from './run.ts';

/** How several refusals of what was asked for end. */
export const refused = { code: 'OPTIONS' } as const;

interface ChosenClusters {
  readonly clusters: readonly ClusterFolder[];
  /** What this machine lacks for those on which something is left to do, in words. */
  readonly lacks: ReadonlyMap<ClusterFolder, readonly string[]>;
  /** The cluster that was kept, where it is on one. */
  readonly on: Owner | undefined;
}

/** @throws NetproofError (exit 2) with all that is wrong with the clusters that are asked for, or with what they bring */
export async function chosenClusters(
  mode: 'run' | 'prove',
  flags: RunFlags,
  checks: readonly string[],
  resumed: Resumed | undefined,
): Promise<ChosenClusters> {
  const on = flags.on === undefined ? undefined : await kept(flags.on);
  const wanted = wantedClusters(mode, flags, on, resumed);
  const clusters = await selectClusters(places.clusters, wanted, checks);
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
  const open = clusters.filter(({ name }) => !isDone(resumed?.earlier.get(name)));
  // One that was kept is judged as it is: nothing of its folder is installed anew.
  const [lacks] = await together([kernelLacks(open), ...(on ? [] : [wholeFolders(open)])], refused);
  return { clusters, lacks, on };
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
