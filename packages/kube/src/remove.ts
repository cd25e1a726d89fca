import type { Api, ClusterConfig } from './api.ts';
import { type Manifest, nameOf } from './objects.ts';
import { type WatchPlan, watchUntil } from './watch.ts';

type Wait = Pick<WatchPlan<unknown>, 'bound' | 'signal'>;

interface Named {
  readonly metadata?: { readonly name?: string; readonly uid?: string };
}

/**
 * Deletes objects and waits until they are gone; of one whose uid is known no other of its name, made since. What lies
 * in a Namespace that goes too is left to it.
 *
 * @returns names of what is not known to be gone when that has ended
 */
export async function removeAll(
  api: Api,
  config: ClusterConfig,
  objects: readonly Manifest[],
  wait: Wait,
): Promise<string[]> {
  const namespaces = new Set(
    objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name),
  );
  const own = objects.filter(({ metadata }) => !namespaces.has(metadata.namespace ?? ''));
  await Promise.all(own.map((object) => api.startDeletion(object, uidOf(object))));
  const groups = Map.groupBy(own, ({ apiVersion, kind, metadata }) =>
    JSON.stringify([apiVersion, kind, metadata.namespace]),
  );
  const left = await Promise.all([...groups.values()].map((group) => stillThere(api, config, group, wait)));
  return left.flat().map(nameOf);
}

async function stillThere(
  api: Api,
  config: ClusterConfig,
  group: readonly Manifest[],
  wait: Wait,
): Promise<readonly Manifest[]> {
  const [one] = group;
  if (one === undefined) return [];
  const { apiVersion, kind, metadata } = one;
  const remaining = (objects: readonly Named[]) => {
    const uids = new Map(objects.map((object) => [object.metadata?.name, object.metadata?.uid]));
    return group.filter((object) => {
      const { name } = object.metadata;
      return uids.has(name) && (uidOf(object) ?? uids.get(name)) === uids.get(name);
    });
  };
  const end = await watchUntil<Named>(api, config, {
    apiVersion,
    kind,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    ...wait,
    settled: (objects) => remaining(objects).length === 0,
  });
  if (end.failure !== undefined) return group; // not known to be gone
  return end.settled ? [] : remaining(end.objects);
}

const uidOf = ({ metadata: { uid } }: Manifest): string | undefined =>
  typeof uid === 'string' ? uid : undefined;
