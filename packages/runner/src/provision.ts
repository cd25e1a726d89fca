import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, explain, NetproofError, type NodeFacts } from '@netproof/core';
import type { Images } from '@netproof/images';
import { KindError, kindPlan, type RunningKind, sweepNetworks } from '@netproof/kind-node';
import { Kube, parseManifest } from '@netproof/kube';
import type { ClusterFolder } from './clusters.ts';
import { interrupted, interruptible } from './interrupt.ts';
import { type Journal, timed } from './journal.ts';
import { disown, kubeconfigOf, own } from './registry.ts';
import type { RunFolder } from './run-folder.ts';
import type { Ui } from './ui.ts';

export interface ProvisionOptions {
  readonly cluster: ClusterFolder;
  readonly kindName: string;
  readonly images: Images;
  readonly folder: RunFolder;
  readonly journal: Journal;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/** A cluster whose nodes, CNI and DNS are ready. Leaving its `await using` block deletes it, unless kept. */
export interface Provisioned extends AsyncDisposable {
  readonly kindName: string;
  readonly kubeconfig: string;
  readonly kube: Kube;
  readonly nodes: readonly NodeFacts[];
  keep(): Promise<void>;
}

/** Creates a cluster with its CNI and waits until it is ready. What fails or is interrupted leaves nothing. */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const { cluster, kindName, images, folder, journal, ui, signal } = options;
  const kubeconfig = kubeconfigOf(kindName);
  const owner = {
    kindName,
    cluster: cluster.name,
    run: folder.id,
    folder: folder.path,
  };
  await own(owner);
  const plan = kindPlan({
    name: kindName,
    network: kindName,
    config: join(cluster.folder, 'kind.yaml'),
    image: images.nodeImage,
    kubeconfig,
    kind: images.kind,
  });
  let kind: RunningKind | undefined;
  let kept = false;
  const gone = async () => {
    await kind?.delete();
    await sweepNetworks((name) => name === kindName);
    await disown(kindName);
  };
  try {
    const manifests = await installation(cluster);
    kind = await timed(journal, 'kind create', () =>
      ui.step(`cluster ${kindName}`, (say) =>
        plan.create({
          signal,
          onLine: (line) => say(line.replace(/^\W+/, '').trim()),
          failureLogs: folder.clusterLogs,
          // The CNI comes while the workers still join: their nodes are Ready the sooner for it.
          onControlPlane: async ({ kubeconfig }) => (await Kube.connect(kubeconfig)).apply(manifests),
        }),
      ),
    );
    const running = kind;
    const kube = await Kube.connect(running.kubeconfig);
    const containers = await running.nodes({ signal });
    for (const { path } of images.archives) await running.loadImageArchive(path, { signal });
    await timed(journal, 'cluster ready', () =>
      ui.step('nodes, CNI and DNS', () => interruptible(ready(kube, cluster, containers.length), signal)),
    ).catch(async (error: unknown) => {
      // Why a CNI did not get ready stands in the nodes' logs, and they are about to go.
      if (!signal.aborted) await running.exportLogs(folder.clusterLogs).catch(() => {});
      throw error;
    });
    return {
      kindName,
      kubeconfig: running.kubeconfig,
      kube,
      nodes: await kube.nodes(),
      async keep() {
        kept = true;
        await own(owner, true);
      },
      async [Symbol.asyncDispose]() {
        if (!kept) await ui.step(`deleting ${kindName}`, gone);
      },
    };
  } catch (error) {
    await gone();
    throw asNetproofError(error, signal);
  }
}

/** Takes a kept cluster as it is. It stays when the run ends. */
export async function attach(kindName: string, images: Images): Promise<Provisioned> {
  const kubeconfig = kubeconfigOf(kindName);
  const plan = kindPlan({ name: kindName, network: kindName, config: '', kubeconfig, kind: images.kind });
  await plan.attach().catch((error: unknown) => {
    throw asNetproofError(error, new AbortController().signal);
  });
  const kube = await Kube.connect(kubeconfig);
  return {
    kindName,
    kubeconfig,
    kube,
    nodes: await kube.nodes(),
    keep: async () => {},
    async [Symbol.asyncDispose]() {},
  };
}

async function installation({ folder, spec }: ClusterFolder) {
  const texts = await Promise.all(
    spec.install.map(({ manifest }) => readFile(join(folder, manifest), 'utf8')),
  );
  return texts.flatMap((text, at) => parseManifest(text, spec.install[at]?.manifest));
}

async function ready({ wait }: Kube, { spec }: ClusterFolder, nodeCount: number): Promise<void> {
  await Promise.all([
    wait.nodes(nodeCount),
    wait.available('Deployment', 'kube-system', 'coredns'),
    ...spec.ready.map((workload) => {
      const [kind = '', namespace = '', name = ''] = workload.split('/');
      return wait.available(kind === 'daemonset' ? 'DaemonSet' : 'Deployment', namespace, name);
    }),
  ]);
}

/** kind's own errors, told in netproof's way. */
function asNetproofError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return interrupted();
  if (!(error instanceof KindError)) return error;
  const lines = error.lines.map((line) => `\n    ${line}`).join('');
  return new NetproofError(`${explain(error)}${lines}`, {
    code: error.code,
    exit: exitCode.environment,
    ...(error.hint !== undefined && { hint: error.hint }),
    cause: undefined,
  });
}
