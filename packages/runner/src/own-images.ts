import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { exitCode, explain, NetproofError, type Provenance, together } from '@netproof/core';
import { damageOf } from './archive.ts';
import type { ClusterFolder } from './clusters.ts';

/** An image of `spec.images`: the path of an archive of the cluster's folder, or a name in the local Docker. */
export function fileOrName({ folder }: Pick<ClusterFolder, 'folder'>): (image: string) => string {
  return (image) => (isArchive(image) ? resolve(folder, image) : image);
}

const isArchive = (image: string): boolean => image.endsWith('.tar');

/**
 * Looks into the archives that clusters bring: before anything is made, and not when the nodes are to load them.
 *
 * @throws NetproofError `CLUSTER_FILE` (exit 2) with all that is wrong with any of them
 */
export async function wholeArchives(clusters: readonly ClusterFolder[]): Promise<void> {
  const files = clusters.flatMap((cluster) => cluster.spec.images.filter(isArchive).map(fileOrName(cluster)));
  const looked = [...new Set(files)].map(async (file) =>
    (await damageOf(file)).map((what) => `${file} cannot be used: ${what}`),
  );
  const problems = (await Promise.all(looked)).flat();
  if (problems.length === 0) return;
  throw new NetproofError(problems.join('\n'), {
    code: 'CLUSTER_FILE',
    exit: exitCode.usage,
    hint: 'it is named in spec.images of cluster.yaml: write it again, as `docker save --output` does',
  });
}

/**
 * Asks the local Docker for the images that clusters name there: before images and clusters are made.
 *
 * @throws NetproofError `CLUSTER_FILE` (exit 2) with all that it does not have
 */
export async function presentImages(clusters: readonly ClusterFolder[]): Promise<void> {
  const names = clusters.flatMap(({ spec }) => spec.images.filter((image) => !isArchive(image)));
  await together([...new Set(names)].map(imageId));
}

/** Which build has a name in the local Docker now. */
async function imageId(name: string): Promise<string> {
  try {
    const asked = ['image', 'inspect', '--format', '{{.Id}}', '--', name];
    return (await promisify(execFile)('docker', asked)).stdout.trim();
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim().split('\n').at(-1);
    throw new NetproofError(`the local Docker does not give ${name}: ${said || explain(cause)}`, {
      code: 'CLUSTER_FILE',
      exit: exitCode.usage,
      hint: 'it is named in spec.images of cluster.yaml: build or pull it; `docker image ls` lists what is there',
    });
  }
}

/**
 * What the report says of the images that a cluster brings itself: an archive by its digest, an image of the local
 * Docker by its id.
 *
 * @throws NetproofError `CLUSTER_FILE` (exit 2) for one that is not there
 */
export async function ownImages(cluster: ClusterFolder): Promise<readonly Provenance[]> {
  return Promise.all(cluster.spec.images.map((image) => ownImage(cluster, image)));
}

/** One of them: see {@link ownImages}. */
export async function ownImage(cluster: ClusterFolder, image: string): Promise<Provenance> {
  const own = { name: image, version: cluster.spec.cni.version, origin: 'present' as const };
  const file = fileOrName(cluster)(image);
  return file === image
    ? { ...own, from: `the local Docker, by the cluster ${cluster.name}`, key: await imageId(image) }
    : { ...own, from: `an archive of the cluster ${cluster.name}`, key: await digest(file) };
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (cause) {
    throw new NetproofError(`${file} cannot be read`, {
      code: 'CLUSTER_FILE',
      exit: exitCode.usage,
      hint: 'it is named in spec.images of cluster.yaml',
      cause,
    });
  }
  return `sha256:${hash.digest('hex')}`;
}
