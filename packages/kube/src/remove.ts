import type { Milliseconds } from '@netproof/core';
import type { Api, ClusterConfig } from './api.ts';
import { type Manifest, nameOf } from './objects.ts';
import { watchUntil } from './watch.ts';

interface Named {
  readonly metadata?: { readonly name?: string; readonly uid?: string };
}

/**
 * Deletes objects and waits until they are gone. What lies in a Namespace that goes too is left to it.
 *
 * @returns names of what is still there when the bound has passed
 */
export async function removeAll(
  api: Api,
  config: ClusterConfig,
  objects: readonly Manifest[],
  bound: Milliseconds,
): Promise<string[]> {
  const namespaces = new Set(
    objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name),
  );
  const own = objects.filter(({ metadata }) => !namespaces.has(metadata.namespace ?? ''));
  await Promise.all(own.map((object) => api.startDeletion(object)));
  const groups = Map.groupBy(own, ({ apiVersion, kind, metadata }) =>
    JSON.stringify([apiVersion, kind, metadata.namespace]),
  );
  const left = await Promise.all([...groups.values()].map((group) => stillThere(api, config, group, bound)));
  return left.flat().map(nameOf);
}

async function stillThere(
  api: Api,
  config: ClusterConfig,
  group: readonly Manifest[],
  bound: Milliseconds,
): Promise<readonly Manifest[]> {
  const [one] = group;
  if (one === undefined) return [];
  const { apiVersion, kind, metadata } = one;
  const remaining = (objects: readonly Named[]) => {
    const names = new Set(objects.map((object) => object.metadata?.name));
    return group.filter((object) => names.has(object.metadata.name));
  };
  const end = await watchUntil<Named>(api, config, {
    apiVersion,
    kind,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    bound,
    settled: (objects) => remaining(objects).length === 0,
  });
  if (end.failure !== undefined) return group; // not known to be gone
  return end.settled ? [] : remaining(end.objects);
}
