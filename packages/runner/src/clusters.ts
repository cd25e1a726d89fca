import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exitCode, NetproofError, together } from '@netproof/core';
import { type ClusterFile, parseClusterFile } from './cluster-file.ts';
import { locatedYaml } from './located-yaml.ts';

/** A cluster that can be made: its file and the folder that holds its manifests. */
export interface ClusterFolder extends ClusterFile {
  readonly folder: string;
  /** What `--cluster` takes for it from everywhere: its name in the repository, its absolute path otherwise. */
  readonly named: string;
}

/**
 * Reads every cluster below a folder, sorted by name.
 *
 * @param checks the ids of all, which their divergences may name; without them they may name any
 * @throws NetproofError `CLUSTER_FILE` (exit 2) with every problem of every file
 */
export async function loadClusters(
  clusters: string,
  checks?: readonly string[],
): Promise<readonly ClusterFolder[]> {
  const entries = await readdir(clusters, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const all = await together(names.sort().map((name) => loadCluster(join(clusters, name), checks)));
  oneEach(all, [
    ({ name }) => `named ${name}`,
    ({ spec }) => (spec.default ? `the default of ${spec.cni.name}` : undefined),
  ]);
  return all.map((one) => ({ ...one, named: one.name }));
}

/** Reads the cluster of one folder. */
async function loadCluster(folder: string, checks?: readonly string[]): Promise<ClusterFolder> {
  const file = join(folder, 'cluster.yaml');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new NetproofError(`there is no cluster in ${folder}: cluster.yaml cannot be read`, {
      code: 'CLUSTER_FILE',
      exit: exitCode.usage,
      hint: 'clusters/README.md says what a cluster consists of',
      cause,
    });
  });
  const kindFile = join(folder, 'kind.yaml');
  // To judge a cluster that exists none is needed; where one is made, `wholeFolders` says that it is not there.
  const kind = await readFile(kindFile, 'utf8').catch(() => undefined);
  const beside = { checks, kind: kind === undefined ? undefined : locatedYaml(kind, kindFile) };
  return { ...parseClusterFile(text, file, beside), folder, named: resolve(folder) };
}

/** What a caller asks for. */
export interface WantedClusters {
  /** Variants, each by its name or by the path of a folder that holds a `cluster.yaml`; with any, `cnis` does not count. */
  readonly clusters?: readonly string[] | undefined;
  /** CNIs, each for its default variant; `all` stands for every one. */
  readonly cnis: readonly string[];
}

/**
 * The clusters that a caller names, in that order and each once.
 *
 * @param checks as of {@link loadClusters}
 * @throws NetproofError exit 2: `NO_SUCH_CLUSTER`, `NO_SUCH_CNI` with all that is not there and what is
 */
export async function selectClusters(
  folder: string,
  { clusters, cnis }: WantedClusters,
  checks?: readonly string[],
): Promise<readonly ClusterFolder[]> {
  const all = await loadClusters(folder, checks);
  const defaults = all.filter(({ spec }) => spec.default);
  const [there, wanted] = clusters
    ? [new Map(all.map((one) => [one.name, one])), clusters]
    : [
        new Map(defaults.map((one) => [one.spec.cni.name, one])),
        cnis.flatMap((cni) => (cni === 'all' ? defaults.map(({ spec }) => spec.cni.name) : [cni])),
      ];
  const isPath = (name: string) => clusters !== undefined && name.includes('/');
  const missing = wanted.filter((name) => !there.has(name) && !isPath(name));
  if (missing.length > 0) {
    throw refusal(clusters ? 'cluster' : 'CNI', missing, [...there.keys()]);
  }
  const at = (path: string) => all.find((one) => resolve(one.folder) === resolve(path));
  const found = new Set(
    await together(
      [...new Set(wanted)].map(async (name) => there.get(name) ?? at(name) ?? loadCluster(name, checks)),
    ),
  );
  // Each has a folder in the run's, named after it.
  oneEach([...found], [({ name }) => `named ${name}`]);
  return [...found];
}

/** Refuses several of which their files say what only one may be. */
function oneEach(
  clusters: readonly ClusterFolder[],
  whats: readonly ((cluster: ClusterFolder) => string | undefined)[],
): void {
  const problems = whats.flatMap((what) =>
    [...Map.groupBy(clusters, what)].flatMap(([said, those]) =>
      said === undefined || those.length === 1
        ? []
        : [`${those.length} clusters are ${said}: ${those.map(({ folder }) => folder).join(', ')}`],
    ),
  );
  if (problems.length === 0) return;
  throw new NetproofError(problems.join('\n'), {
    code: 'CLUSTER_FILE',
    exit: exitCode.usage,
    hint: 'in cluster.yaml of a copy, change metadata.name and take out `default: true`',
  });
}

function refusal(what: string, missing: readonly string[], there: readonly string[]): NetproofError {
  return new NetproofError(`no such ${what}: ${missing.join(', ')}; there are: ${there.join(', ')}`, {
    code: what === 'CNI' ? 'NO_SUCH_CNI' : 'NO_SUCH_CLUSTER',
    exit: exitCode.usage,
    hint: '`pnpm netproof clusters` lists every cluster with its CNI and versions',
  });
}
