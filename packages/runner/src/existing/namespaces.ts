import { allEnded, bounds, exitCode, type Milliseconds, NetproofError } from '@netproof/core';
import { type Kube, type Manifest, nameOf, runLabel } from '@netproof/kube';
import { namespacesOf } from '@netproof/probe';
import { lockNamespace } from './lock.ts';

/** Those that hold the probes of a run. */
export const probeSpaces: readonly string[] = [
  ...namespacesOf.pods,
  namespacesOf.nodeAgents,
  namespacesOf.newPods,
];

const allSpaces: Pick<Manifest, 'apiVersion' | 'kind'> = { apiVersion: 'v1', kind: 'Namespace' };

/** A namespace without anything in it. */
export const namespace = (name: string): Manifest => ({ ...allSpaces, metadata: { name } });

/** Namespaces of a name that runs need and with the label of any: either alone somebody else may have given. */
async function ours(kube: Kube): Promise<readonly Manifest[]> {
  const labelled = await kube.list({ ...allSpaces, labelSelector: runLabel });
  return labelled.filter(({ metadata }) => probeSpaces.includes(metadata.name));
}

/**
 * Refuses a cluster on which somebody else has a namespace of a name that we need.
 *
 * @throws NetproofError `NAMESPACE_TAKEN` (exit 3)
 */
export async function refuseTaken(kube: Kube): Promise<void> {
  const names = [...probeSpaces, lockNamespace];
  const taken = (await kube.list(allSpaces)).filter(
    ({ metadata }) => names.includes(metadata.name) && metadata.labels?.[runLabel] === undefined,
  );
  if (taken.length === 0) return;
  throw new NetproofError(`not made by netproof, and in its way: ${taken.map(nameOf).join(', ')}`, {
    code: 'NAMESPACE_TAKEN',
    exit: exitCode.environment,
    hint: 'netproof leaves alone what it did not make: rename or remove them',
  });
}

/** Makes the namespaces of the probes. */
export async function makeSpaces(kube: Kube, run: string): Promise<void> {
  // Whoever removes them after a failure must find all that were begun.
  await allEnded(probeSpaces.map((name) => kube.create(namespace(name), { [runLabel]: run })));
}

/**
 * Removes the namespaces of runs, with all that is in them.
 *
 * @param run of this run alone; of every one without it, which is for whoever holds the cluster's lock
 * @returns the names of those that were there
 * @throws NetproofError `LEFT_BEHIND` (exit 3) with those that stay, and how to remove them
 */
export async function removeSpaces(
  kube: Kube,
  options: { readonly kubectl: string; readonly run?: string; readonly bound?: Milliseconds },
): Promise<readonly string[]> {
  const { run, bound = bounds.spaceGone } = options;
  const all = (await ours(kube)).filter(
    ({ metadata }) => run === undefined || metadata.labels?.[runLabel] === run,
  );
  await removeExactly(kube, all, { ...options, bound });
  return all.map(({ metadata }) => metadata.name);
}

/** Deletes just these, and none that was made since under such a name, and waits until they are gone. */
export async function removeExactly(
  kube: Kube,
  some: readonly Manifest[],
  { kubectl, bound }: { readonly kubectl: string; readonly bound: Milliseconds },
): Promise<void> {
  if (some.length === 0) return;
  const uids = some.map(uidOf);
  await Promise.all(some.map((one) => kube.startDeletion(one, uidOf(one))));
  const still = (now: readonly Manifest[]) => now.filter((one) => uids.includes(uidOf(one)));
  const end = await kube.until({ ...allSpaces, bound, settled: (now) => still(now).length === 0 });
  if (end.settled) return;
  // What is not known to be gone stays.
  const seen = end.failure === undefined ? still(end.objects) : [];
  const left = seen.length > 0 ? seen : some;
  const names = left.map(({ metadata }) => metadata.name).join(' ');
  throw new NetproofError(
    `not gone ${bound / 1000} s after their deletion: ${names}; see why, and remove them: ${kubectl} delete namespace ${names}`,
    { code: 'LEFT_BEHIND', exit: exitCode.environment, cause: end.failure },
  );
}

const uidOf = ({ metadata }: Manifest): string => String(metadata.uid);
