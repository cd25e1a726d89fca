import { join } from 'node:path';
import { together } from '@netproof/core';
import { parseManifest } from '@netproof/kube';
import type { ClusterFolder } from './clusters.ts';
import { knownUpstream, read } from './installation.ts';
import { locatedYaml } from './located-yaml.ts';
import { wholeArchives } from './own-images.ts';
import { patchesOf } from './patches.ts';

/**
 * Reads all that clusters are made of and that stands in their folders: before images are made, which takes minutes.
 * Whether patches fit is seen when the objects are there that they change.
 *
 * @throws NetproofError exit 2 with all that is wrong with any of them
 */
export async function wholeFolders(clusters: readonly ClusterFolder[]): Promise<void> {
  await together([wholeArchives(clusters), ...clusters.flatMap(partsOf)]);
}

function partsOf(cluster: ClusterFolder): readonly Promise<unknown>[] {
  const { folder, spec } = cluster;
  const parsed = async (name: string, parse: (text: string, file: string) => unknown) => {
    const file = join(folder, name);
    return parse(await read(file), file);
  };
  return [
    // To judge a cluster that exists none is needed, so one that is missing was no problem before.
    read(join(folder, 'kind.yaml'), 'clusters/README.md says what a cluster consists of'),
    ...spec.install.flatMap((install) => [
      'manifest' in install ? parsed(install.manifest, parseManifest) : knownUpstream(install, cluster),
      ...('values' in install ? install.values.map((values) => parsed(values, locatedYaml)) : []),
      ...install.patches.map((patches) => parsed(patches, patchesOf)),
    ]),
  ];
}
