import type { VersionChange } from './diff-schema.ts';
import type { MergedRun, Part } from './model.ts';

/** What a cluster was made of before and after that is not the same: it may be why its checks differ. */
export function versionChanges(
  cluster: string,
  before: readonly MergedRun[],
  after: readonly MergedRun[],
): readonly VersionChange[] {
  const [was, is] = [versionsOf(before), versionsOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((what) => {
    const [old, now] = [was.get(what), is.get(what)];
    if (old === now) return [];
    return [
      { cluster, what, ...(old !== undefined && { before: old }), ...(now !== undefined && { after: now }) },
    ];
  });
}

/** By what it is of; several where runs differ. */
function versionsOf(runs: readonly MergedRun[]): ReadonlyMap<string, string> {
  const parts: readonly Part[] = runs.flatMap((run) => run.shards ?? [run]);
  const all = Map.groupBy(parts.flatMap(versionsIn), ([what]) => what);
  return new Map(
    [...all].map(([what, some]) => [what, [...new Set(some.map(([, version]) => version))].join(', ')]),
  );
}

function versionsIn({ model: { run, clusters } }: Part): readonly (readonly [string, string])[] {
  return [
    ['kernel', run.machine.kernel],
    ['system', run.machine.os],
    ['Docker', run.docker],
    ['netproof', run.netproof],
    ...clusters.flatMap(({ cni, cniVersion, kubernetes, kubeProxy, claims }) => [
      ['Kubernetes', kubernetes] as const,
      ['CNI', `${cni} ${cniVersion}`] as const,
      ['kube-proxy', kubeProxy] as const,
      ...claims.map((claim) => [`claim ${claim}`, 'made'] as const),
    ]),
    ...run.provenance.map(
      ({ name, version, origin, key }) =>
        [name, `${version}, ${origin}${key === undefined ? '' : ` ${key}`}`] as const,
    ),
  ];
}
