import { type ExitCode, exitCode, explain } from '@netproof/core';
import type { Images } from '@netproof/images';
import { makeFolder } from '@netproof/setup/folders';
import { claimsOf } from './cell.ts';
import type { LoadedCheck } from './checks.ts';
import type { ClusterFolder } from './clusters.ts';
import { type Earlier, exitOfEarlier, isDone, sameSharedImages } from './earlier.ts';
import { type KindProviderOptions, kindProvider } from './kind-provider.ts';
import type { Provider } from './provider.ts';
import { type RunOptions, run } from './run.ts';
import { clusterFolder, type RunFolder } from './run-folder.ts';
import type { Ui } from './ui.ts';

export interface RunClustersOptions
  extends Omit<RunOptions, 'cluster' | 'provider' | 'lacks' | 'claims' | 'checks' | 'earlier'>,
    Pick<KindProviderOptions, 'keep' | 'on' | 'docker'> {
  readonly clusters: readonly ClusterFolder[];
  readonly checks: (cluster: ClusterFolder) => readonly LoadedCheck[];
  /** What was done on a cluster before, where this goes on with a run that was broken off. */
  readonly earlier: (cluster: ClusterFolder) => Earlier | undefined;
  /** Makes the images of clusters be there, and answers with those of a CNI. Not called where no cluster is made. */
  readonly images: (clusters: readonly ClusterFolder[]) => Promise<(cni: string) => Images>;
  /** What this machine lacks for a cluster, in words. */
  readonly lacks: (cluster: ClusterFolder) => readonly string[];
  /** How many stand side by side. */
  readonly jobs: number;
  /** Called as soon as one has ended, so that its report is there however the others end. */
  readonly onEnd: (ended: Ended) => Promise<void>;
}

/** How the run on one cluster ended. */
export interface Ended {
  readonly cluster: { readonly name: string };
  readonly folder: RunFolder;
  readonly exit: ExitCode;
  /** What this machine lacks for it; with any, nothing was made. */
  readonly lacks: readonly string[];
  /** What stood in its way. */
  readonly failure?: unknown;
}

/**
 * Runs the checks on each cluster, in their order, so many side by side. A cluster that fails to come up does not
 * keep the others from being judged; an interruption ends all, and with `bail` none is begun after one on which a
 * check failed. What was done on a cluster before is not done again.
 *
 * @throws NetproofError `IMAGES_CHANGED` (exit 2) where other clusters of the run were made of other images; once all
 *   have ended, the first error of what surrounds one: of its folder, or of `onEnd`
 */
export async function runClusters(options: RunClustersOptions): Promise<readonly Ended[]> {
  const { clusters, jobs, onEnd, signal } = options;
  const images = await imagesOf(options);
  const waiting = [...clusters];
  const ended: Ended[] = [];
  const red = ({ exit }: Ended) => exit === exitCode.checkFailed || exit === exitCode.defect;
  const bailed = () => options.bail && ended.some(red);
  const broken: unknown[] = [];
  const next = async (): Promise<void> => {
    while (waiting.length > 0 && !signal.aborted && !bailed()) {
      const cluster = waiting.shift()!;
      try {
        const one = await onOne(cluster, images, options);
        ended.push(one);
        await onEnd(one);
      } catch (error) {
        // Whoever throws it on ends the process, in which the others stand on clusters that they have yet to delete.
        if (broken.push(error) > 1) options.ui.line(`! ${cluster.name}: ${explain(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: jobs }, next));
  if (waiting.length > 0 && bailed()) {
    options.ui.line(`– ended by --bail; not begun: ${waiting.map(({ name }) => name).join(', ')}`);
  }
  if (broken.length > 0) throw broken[0];
  return ended;
}

/** The images of each cluster that is made: those of another take minutes for nothing. */
async function imagesOf(options: RunClustersOptions): Promise<ReadonlyMap<ClusterFolder, Images>> {
  const { clusters, earlier } = options;
  const made = clusters.filter(
    (cluster) => earlier(cluster)?.left.length !== 0 && options.lacks(cluster).length === 0,
  );
  if (made.length === 0) return new Map();
  const known = clusters.flatMap((cluster) => earlier(cluster)?.provenance ?? []);
  const imagesFor = await options.images(made);
  const images = new Map(made.map((cluster) => [cluster, imagesFor(cluster.spec.cni.name)]));
  for (const { provenance } of images.values()) sameSharedImages(known, provenance);
  return images;
}

async function onOne(
  cluster: ClusterFolder,
  all: ReadonlyMap<ClusterFolder, Images>,
  options: RunClustersOptions,
): Promise<Ended> {
  const folder = clusterFolder(options.folder, cluster.name, options.clusters.length);
  const ui = uiOf(cluster, options);
  const earlier = options.earlier(cluster);
  const lacks = earlier?.left.length === 0 ? earlier.lacks : options.lacks(cluster);
  if (isDone(earlier)) {
    ui.line('done before');
    return { cluster, folder, lacks, exit: exitOfEarlier(earlier) };
  }
  makeFolder(folder.path);
  const checks = options.checks(cluster);
  const images = all.get(cluster);
  const provider = images
    ? kindProvider({ ...options, cluster, images, checks, folder, ui })
    : notMade(options.docker);
  const claims = claimsOf(cluster.spec);
  return ending({ ...options, cluster, provider, claims, folder, ui, earlier, lacks, checks });
}

/** Of a cluster that this machine cannot carry, or on which all is done. */
const notMade = (docker: string): Provider => ({
  docker,
  provenance: async () => [],
  open: () => Promise.reject(new Error('it was not to be made')),
});

/** Runs the checks on one cluster; what stands in the way is in the answer. */
export async function ending(options: RunOptions): Promise<Ended> {
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
    line: (text, told) => ui.line(prefix + text, told),
    step: (title, work) => ui.step(prefix + title, work),
  };
}
