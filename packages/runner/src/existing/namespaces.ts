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
const namespace = (name: string): Manifest => ({ ...allSpaces, metadata: { name } });

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
  const { kubectl, run, bound = bounds.spaceGone } = options;
  const all = (await ours(kube)).filter(
    ({ metadata }) => run === undefined || metadata.labels?.[runLabel] === run,
  );
  const left = await kube.remove(all, bound);
  if (left.length === 0) return all.map(({ metadata }) => metadata.name);
  const stay = all.filter((one) => left.includes(nameOf(one)));
  const names = stay.map(({ metadata }) => metadata.name).join(' ');
  throw new NetproofError(
    `not known to be gone ${bound / 1000} s after their deletion: ${names}; see why, and remove them: ${kubectl} delete namespace ${names}`,
    { code: 'LEFT_BEHIND', exit: exitCode.environment },
  );
}
