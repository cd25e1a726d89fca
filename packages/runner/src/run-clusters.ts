import { type ExitCode, exitCode } from '@netproof/core';
import type { Images } from '@netproof/images';
import type { ClusterFolder } from './clusters.ts';
import { type RunOptions, run } from './run.ts';
import { clusterFolder, type RunFolder } from './run-folder.ts';
import type { Ui } from './ui.ts';

export interface RunClustersOptions extends Omit<RunOptions, 'cluster' | 'images' | 'lacks'> {
  readonly clusters: readonly ClusterFolder[];
  readonly images: (cni: string) => Images;
  /** What this machine lacks for a cluster, in words. */
  readonly lacks: (cluster: ClusterFolder) => readonly string[];
  /** How many stand side by side. */
  readonly jobs: number;
  /** Called as soon as one has ended, so that its report is there however the others end. */
  readonly onEnd: (ended: Ended) => Promise<void>;
}

/** How the run on one cluster ended. */
export interface Ended {
  readonly cluster: ClusterFolder;
  readonly folder: RunFolder;
  readonly exit: ExitCode;
  /** What this machine lacks for it; with any, nothing was made. */
  readonly lacks: readonly string[];
  /** What stood in its way. */
  readonly failure?: unknown;
}

/**
 * Runs the checks on each cluster, in their order, so many side by side. A cluster that fails to come up does not
 * keep the others from being judged; an interruption ends all. One cluster has the run's folder to itself,
 * several have one each within it.
 */
export async function runClusters(options: RunClustersOptions): Promise<readonly Ended[]> {
  const { clusters, folder, images, jobs, lacks, onEnd, signal } = options;
  const waiting = [...clusters];
  const ended: Ended[] = [];
  const next = async (): Promise<void> => {
    for (let cluster = waiting.shift(); cluster && !signal.aborted; cluster = waiting.shift()) {
      const own = clusters.length > 1 ? clusterFolder(folder, cluster.name) : folder;
      const one = await ending({
        ...options,
        cluster,
        folder: own,
        images: images(cluster.spec.cni.name),
        lacks: lacks(cluster),
        ui: uiOf(cluster, options),
      });
      ended.push(one);
      await onEnd(one);
    }
  };
  await Promise.all(Array.from({ length: jobs }, next));
  return ended;
}

async function ending(options: RunOptions): Promise<Ended> {
  const { cluster, folder, lacks } = options;
  try {
    return { cluster, folder, lacks, exit: await run(options) };
  } catch (failure) {
    const { exit } = failure as { exit?: ExitCode };
    return { cluster, folder, lacks, exit: exit ?? exitCode.defect, failure };
  }
}

/** Side by side, each line says whose it is. */
function uiOf(cluster: ClusterFolder, { clusters, jobs, ui }: RunClustersOptions): Ui {
  if (clusters.length > 1) ui.line(`\n${cluster.name}`);
  if (jobs === 1) return ui;
  const prefix = `${cluster.name}: `;
  return {
    line: (text) => ui.line(prefix + text),
    step: (title, work) => ui.step(prefix + title, work),
  };
}

/** Worst first: what hides the most of the truth. */
const worst: readonly ExitCode[] = [
  exitCode.interrupted,
  exitCode.defect,
  exitCode.environment,
  exitCode.usage,
  exitCode.checkFailed,
  exitCode.undecided,
  exitCode.pass,
];

/** The exit code of several runs together. */
export function worstExit(exits: readonly ExitCode[]): ExitCode {
  return worst.find((code) => exits.includes(code)) ?? exitCode.defect;
}
