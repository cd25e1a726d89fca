import { join } from 'node:path';
import { exitCode, NetproofError } from '@netproof/core';
import type { Manifest } from '@netproof/kube';
import { namesIn } from './archive.ts';
import type { ClusterFolder } from './clusters.ts';
import { fileOrName } from './own-images.ts';
import { wholeReference } from './reference.ts';

/**
 * Refuses own images of a cluster that nothing of what is installed names: upstream's would run in their place, and be
 * judged as them. What an operator starts stands in a variable or a field of its own, so a name counts wherever it is.
 *
 * @throws NetproofError `CLUSTER_FILE` (exit 2) with all of them, and with the images that are named
 */
export async function refuseUnnamed(
  cluster: Pick<ClusterFolder, 'folder' | 'spec'>,
  manifests: readonly Manifest[],
): Promise<void> {
  const { folder, spec } = cluster;
  if (spec.images.length === 0) return;
  const named = new Set<string>();
  const images = new Set<string>();
  for (const { key, text } of textsIn(manifests)) {
    named.add(wholeReference(text));
    if (key === 'image') images.add(text);
  }
  const problems = await Promise.all(
    spec.images.map(async (image) => {
      const file = fileOrName(cluster)(image);
      const all = file === image ? [[image]] : await namesIn(file);
      // One image of several names is there by any of them.
      const unnamed = all.filter((names) => !names.some((name) => named.has(wholeReference(name))));
      return unnamed.map((names) => {
        const what = names.join(' or ') || 'an image without a name';
        return `  spec.images: nothing that is installed names ${what}${file === image ? '' : `, of ${image}`}`;
      });
    }),
  );
  const lines = problems.flat();
  if (lines.length === 0) return;
  const said = [...images].sort().join(', ') || 'none';
  throw new NetproofError(
    `${join(folder, 'cluster.yaml')} brings images that would not run:\n${lines.join('\n')}\n  the images that it installs are ${said}`,
    {
      code: 'CLUSTER_FILE',
      exit: exitCode.usage,
      hint: 'name them in the manifests, or by patches: clusters/README.md',
    },
  );
}

/** Every text in what is given, with its key. */
function* textsIn(
  value: unknown,
  key?: string,
): Generator<{ readonly key?: string | undefined; readonly text: string }> {
  if (typeof value === 'string') yield { key, text: value };
  else if (Array.isArray(value)) for (const one of value) yield* textsIn(one);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) yield* textsIn(one, name);
  }
}
