import { exitCode, NetproofError } from '@netproof/core';
import { type Fact, kernelFacts } from '@netproof/doctor';
import type { ClusterFolder } from '@netproof/runner';

/**
 * What this machine's kernel lacks for each cluster, in words. What could not be determined is not lacking: the
 * cluster is tried.
 *
 * @throws NetproofError `CLUSTER_FILE` (exit 2) with every feature that `netproof doctor` does not know
 */
export async function kernelLacks(
  clusters: readonly ClusterFolder[],
): Promise<ReadonlyMap<ClusterFolder, readonly string[]>> {
  if (clusters.every(({ spec }) => spec.kernel.length === 0)) return new Map();
  const facts = new Map((await kernelFacts()).map((fact) => [fact.name, fact]));
  const unknown = clusters.flatMap(({ name, spec }) =>
    spec.kernel.filter((feature) => !facts.has(feature)).map((feature) => `${name}: ${feature}`),
  );
  if (unknown.length > 0) {
    throw new NetproofError(`no such kernel features: ${unknown.join(', ')}`, {
      code: 'CLUSTER_FILE',
      exit: exitCode.usage,
      hint: `there are: ${[...facts.keys()].join(', ')}`,
    });
  }
  const lacking = ({ state }: Fact) => state === 'note' || state === 'lacks';
  return new Map(
    clusters.map((cluster) => [
      cluster,
      cluster.spec.kernel
        .flatMap((feature) => facts.get(feature) ?? [])
        .filter(lacking)
        .map(({ name, value, cure }) => `${name} ${value}${cure ? `; it takes ${cure}` : ''}`),
    ]),
  );
}
