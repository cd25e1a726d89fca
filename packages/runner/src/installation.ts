import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exitCode, NetproofError, together } from '@netproof/core';
import { cnis, type Images } from '@netproof/images';
import { type Manifest, parseManifest } from '@netproof/kube';
import type { Install } from './cluster-file.ts';
import type { ClusterFolder } from './clusters.ts';
import { patched } from './patches.ts';

export interface InstallationOptions {
  readonly cluster: ClusterFolder;
  readonly kindName: string;
  readonly images: Pick<Images, 'upstream' | 'helm' | 'built'>;
}

/**
 * The objects that install a cluster's CNI, in order.
 *
 * @throws NetproofError exit 2 for a file that is not there, no manifest or no patch, and for a chart with helm's
 * own words
 */
export async function installation(options: InstallationOptions): Promise<readonly Manifest[]> {
  const { cluster, images } = options;
  const parts = cluster.spec.install.map(async (install) => {
    let objects: readonly Manifest[] = parseManifest(
      await textOf(install, options),
      nameOf(install, cluster),
    );
    for (const patch of install.patches) {
      const file = join(cluster.folder, patch);
      objects = patched(objects, { text: await read(file), file, built: images.built });
    }
    return objects;
  });
  return (await together(parts)).flat();
}

function textOf(install: Install, options: InstallationOptions): Promise<string> {
  const { cluster } = options;
  if ('manifest' in install) return read(join(cluster.folder, install.manifest));
  if ('upstream' in install) return read(join(upstream(options), install.upstream));
  return rendered(install, options);
}

const nameOf = (install: Install, { folder }: ClusterFolder): string =>
  'manifest' in install
    ? join(folder, install.manifest)
    : 'upstream' in install
      ? install.upstream
      : install.chart;

/** What an entry of `set` may name. */
const placeholders = (kindName: string): Readonly<Record<string, string>> => ({
  '{controlPlane}': `${kindName}-control-plane`,
});

async function rendered(
  { chart, namespace, values, set }: Extract<Install, { chart: string }>,
  options: InstallationOptions,
): Promise<string> {
  const { cluster, images, kindName } = options;
  const folder = join(upstream(options), chart);
  if (images.helm === undefined) throw noUpstream(cluster);
  const known = placeholders(kindName);
  const argv = [
    ...['template', cluster.spec.cni.name, folder, '--namespace', namespace],
    ...['--kube-version', cluster.spec.kubernetes, '--include-crds'],
    ...values.flatMap((file) => ['--values', join(cluster.folder, file)]),
    ...Object.entries(set).flatMap(([key, value]) => ['--set-string', `${key}=${known[value] ?? value}`]),
  ];
  try {
    const { stdout } = await promisify(execFile)(images.helm, argv, { maxBuffer: 64 << 20 });
    return stdout;
  } catch (cause) {
    const { stderr = '', message } = cause as { stderr?: string; message: string };
    throw new NetproofError(`helm cannot render ${chart} for ${cluster.name}: ${stderr.trim() || message}`, {
      code: 'CHART_FAILED',
      exit: exitCode.usage,
      hint: `look at ${values.map((file) => join(cluster.folder, file)).join(', ')}`,
      cause,
    });
  }
}

function upstream({ cluster, images }: InstallationOptions): string {
  if (images.upstream === undefined) throw noUpstream(cluster);
  return images.upstream;
}

/**
 * Looks whether what is installed is of what netproof fetches of the CNI, before it has fetched that.
 *
 * @throws NetproofError exit 2: `NO_UPSTREAM`, `CLUSTER_FILE` with what there is
 */
export async function knownUpstream(
  install: Exclude<Install, { manifest: string }>,
  cluster: ClusterFolder,
): Promise<void> {
  const { name } = cluster.spec.cni;
  const cni = cnis.find((one) => one.name === name);
  const wanted = 'chart' in install ? install.chart : install.upstream;
  if (cni?.upstream === undefined || ('chart' in install && cni.helm === undefined))
    throw noUpstream(cluster);
  const { paths } = cni.upstream;
  if (paths.some((path) => wanted === path || wanted.startsWith(`${path}/`))) return;
  throw new NetproofError(
    `${join(cluster.folder, 'cluster.yaml')} installs ${wanted}, which netproof does not fetch of ${name}; there are: ${paths.join(', ')}`,
    {
      code: 'CLUSTER_FILE',
      exit: exitCode.usage,
      hint: `name a manifest of the folder instead, or add the path in packages/images/src/cni/${name}.ts`,
    },
  );
}

function noUpstream({ name, spec }: ClusterFolder): NetproofError {
  return new NetproofError(
    `the cluster ${name} installs files of ${spec.cni.name}, of which netproof has none`,
    {
      code: 'NO_UPSTREAM',
      exit: exitCode.usage,
      hint: 'only the CNIs of packages/images/src/cni/ have upstream files; name a manifest of the folder instead',
    },
  );
}

/** Reads a file that a cluster's folder needs. */
export async function read(
  file: string,
  hint = 'it is named in the install list of cluster.yaml',
): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new NetproofError(`${file} cannot be read`, {
      code: 'CLUSTER_FILE',
      exit: exitCode.usage,
      hint,
      cause,
    });
  });
}
