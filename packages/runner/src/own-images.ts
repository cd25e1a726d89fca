import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { exitCode, NetproofError, type Provenance } from '@netproof/core';
import type { ClusterFolder } from './clusters.ts';

/** An image of `spec.images`: the path of an archive of the cluster's folder, or a name in the local Docker. */
export function fileOrName({ folder }: Pick<ClusterFolder, 'folder'>): (image: string) => string {
  return (image) => (image.endsWith('.tar') ? resolve(folder, image) : image);
}

/**
 * What the report says of the images that a cluster brings itself: an archive by its digest.
 *
 * @throws NetproofError `CLUSTER_FILE` (exit 2) for an archive that cannot be read
 */
export async function ownImages(cluster: ClusterFolder): Promise<readonly Provenance[]> {
  const { images, cni } = cluster.spec;
  return Promise.all(
    images.map(async (image): Promise<Provenance> => {
      const own = { name: image, version: cni.version, origin: 'present' as const };
      const file = fileOrName(cluster)(image);
      if (file === image) return { ...own, from: `the local Docker, by the cluster ${cluster.name}` };
      return { ...own, from: `an archive of the cluster ${cluster.name}`, key: await digest(file) };
    }),
  );
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (cause) {
    throw new NetproofError(`${file} cannot be read: ${(cause as Error).message}`, {
      code: 'CLUSTER_FILE',
      exit: exitCode.usage,
      hint: 'it is named in spec.images of cluster.yaml',
      cause,
    });
  }
  return `sha256:${hash.digest('hex')}`;
}
