import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { interrupted, type Milliseconds } from '@netproof/core';
import { ensureImages } from '@netproof/images';
import { kindPlan } from '@netproof/kind-node';
import { Kube } from '@netproof/kube';
import {
  type ClusterFolder,
  clusterReady,
  installation,
  kubeconfigOf,
  removeOwned,
  selectClusters,
} from '@netproof/runner';
import { own } from '@netproof/runner/registry';
import { kindName } from '@netproof/runner/run-folder';
import { endWith } from './failure.ts';
import { plainConfig, plainInstall } from './plain-config.ts';

/** A cluster made the plain way, which is kept. */
export interface PlainStart {
  readonly kindName: string;
  readonly ms: Milliseconds;
}

/*
 * `<cluster> <file>`: makes a cluster as kind's documentation has it: kind to its end, the CNI applied to the whole
 * cluster, CoreDNS and kubelets left alone; keeps it, and writes into the file how long that took. A process of its
 * own, because a run takes no cluster whose owner still lives.
 */
const [, , wanted = '', file = ''] = process.argv;
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
try {
  const clusters = join(import.meta.dirname, '../../../clusters');
  for (const cluster of await selectClusters(clusters, { clusters: [wanted], cnis: [] }))
    await writeFile(file, JSON.stringify(await plainly(plainInstall(cluster))));
} catch (error) {
  endWith(stop.signal.aborted ? interrupted() : error);
}
process.exit();

async function plainly(cluster: ClusterFolder): Promise<PlainStart> {
  const { signal } = stop;
  const imagesOf = await ensureImages({
    cnis: [cluster.spec.cni.name],
    log: '/dev/null',
    signal,
    onProgress: () => {},
    onWarning: (warning) => process.stderr.write(`! ${warning}\n`),
  });
  const images = imagesOf(cluster.spec.cni.name);
  const name = kindName(cluster.name, randomBytes(3).toString('hex'));
  const owner = { kindName: name, cluster: cluster.named, run: 'plain', folder: dirname(file) };
  const config = join(dirname(file), 'kind.yaml');
  await writeFile(config, plainConfig(await readFile(join(cluster.folder, 'kind.yaml'), 'utf8')));
  await own(owner);
  try {
    const manifests = await installation({ cluster, kindName: name, images });
    const kubeconfig = kubeconfigOf(name);
    const { nodeImage: image, kind } = images;
    const start = performance.now();
    const running = await kindPlan({ name, network: name, config, image, kubeconfig, kind }).create({
      signal,
    });
    for (const { path } of images.archives) await running.loadImageArchive(path, { signal });
    const kube = await Kube.connect(kubeconfig);
    await kube.apply(manifests);
    const nodes = await running.nodes({ signal });
    await clusterReady(kube.wait, cluster, nodes.length);
    const ms = performance.now() - start;
    signal.throwIfAborted();
    await own(owner, true);
    return { kindName: name, ms };
  } catch (error) {
    await removeOwned(owner);
    throw error;
  }
}
