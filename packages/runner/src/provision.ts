import { join } from 'node:path';
import {
  exitCode,
  explain,
  interrupted,
  NetproofError,
  type NodeFacts,
  type Provenance,
} from '@netproof/core';
import type { Images } from '@netproof/images';
import { KindError, kindPlan, type RunningKind } from '@netproof/kind-node';
import { Kube } from '@netproof/kube';
import { whileWhole } from './cluster-vanished.ts';
import type { ClusterFolder } from './clusters.ts';
import { installation } from './installation.ts';
import { interruptible } from './interrupt.ts';
import { type Journal, timed } from './journal.ts';
import { keepLogs } from './keep-logs.ts';
import { asNetproofError, withKind } from './kind-error.ts';
import { refuseUnnamed } from './named-images.ts';
import { fileOrName } from './own-images.ts';
import { clusterReady, dnsStartsSooner } from './ready.ts';
import { alive, kubeconfigOf, type Owner, own, owners } from './registry.ts';
import type { RunFolder } from './run-folder.ts';
import { removeOwned } from './sweep.ts';
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
  readonly kind: RunningKind;
  readonly kube: Kube;
  readonly nodes: readonly NodeFacts[];
  /** @param provenance what it was made of, for whoever judges it later */
  keep(provenance: readonly Provenance[]): Promise<void>;
}

/** Creates a cluster with its CNI and waits until it is ready. What fails or is interrupted leaves nothing. */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const { cluster, kindName, images, folder, journal, ui, signal } = options;
  const kubeconfig = kubeconfigOf(kindName);
  const owner = {
    kindName,
    cluster: cluster.named,
    run: folder.id,
    folder: folder.path,
  };
  // A run that is resumed would have the name of the cluster that it kept.
  if ((await owners()).some((one) => one.kindName === kindName)) {
    throw new NetproofError(`the cluster ${kindName}, which this run kept, is still here`, {
      code: 'CLUSTER_KEPT',
      exit: exitCode.usage,
      hint: `go on on it: pnpm netproof run --resume ${folder.path} --on ${kindName}; or remove it first: pnpm netproof clean`,
    });
  }
  await own(owner);
  const plan = kindPlan({
    name: kindName,
    network: kindName,
    config: join(cluster.folder, 'kind.yaml'),
    image: images.nodeImage,
    kubeconfig,
    kind: images.kind,
    mirror: images.mirror,
  });
  let kept = false;
  try {
    const manifests = await installation({ cluster, kindName, images });
    await refuseUnnamed(cluster, manifests);
    // Those that the node image lacks, as archives or by their names in the local Docker.
    const loads = [
      ...images.archives.map(({ path }) => path),
      ...cluster.spec.images.map(fileOrName(cluster)),
    ];
    const install = async (kubeconfig: string) =>
      (await Kube.connect(kubeconfig)).apply([...manifests, dnsStartsSooner]);
    const kind = await timed(journal, 'kind create', () =>
      ui.step(`cluster ${kindName}`, (say) =>
        plan.create({
          signal,
          onLine: (line) => say(line.replace(/^\W+/, '').trim()),
          failureLogs: folder.clusterLogs,
          // The CNI comes while the workers still join: their nodes are Ready the sooner for it.
          ...(loads.length === 0 && { onControlPlane: ({ kubeconfig }) => install(kubeconfig) }),
        }),
      ),
    );
    const kube = await Kube.connect(kind.kubeconfig);
    const containers = await kind.nodes({ signal });
    if (loads.length > 0) {
      await ui.step('loading images into the nodes', async (say) => {
        for (const image of loads) {
          say(image);
          await (image.endsWith('.tar')
            ? kind.loadImageArchive(image, { signal })
            : kind.loadDockerImage(image, { signal })
          ).catch((error: unknown) => {
            throw notLoaded(image, error);
          });
        }
      });
      // Not before: a kubelet that finds no image waits ten seconds and more until it looks again.
      await install(kind.kubeconfig);
    }
    const ready = new AbortController();
    void kube.wakeKubelets(AbortSignal.any([signal, ready.signal]));
    await timed(journal, 'cluster ready', () =>
      ui.step('nodes, CNI and DNS', () =>
        interruptible(whileWhole(kind, clusterReady(kube.wait, cluster, containers.length)), signal),
      ),
    )
      .finally(() => ready.abort())
      .catch(async (error: unknown) => {
        // Why a CNI did not get ready stands in the nodes' logs, and they are about to go.
        const logs = await keepLogs(kind, folder.clusterLogs, signal);
        if (logs !== undefined) ui.line(logs);
        throw error;
      });
    return {
      kindName,
      kubeconfig: kind.kubeconfig,
      kind,
      kube,
      nodes: await kube.nodes(),
      async keep(provenance) {
        kept = true;
        await own({ ...owner, provenance }, true);
      },
      async [Symbol.asyncDispose]() {
        if (!kept) await ui.step(`deleting ${kindName}`, () => removeOwned({ kindName }));
      },
    };
  } catch (error) {
    // The first error is the one to tell; what could not be removed is swept by the next start.
    await removeOwned({ kindName }).catch((left: unknown) =>
      ui.line(`! not all could be removed: ${explain(left)}`),
    );
    throw signal.aborted ? interrupted() : asNetproofError(error);
  }
}

/** kind does not say which image the nodes did not take. */
function notLoaded(image: string, error: unknown): unknown {
  if (!(error instanceof KindError) || error.code !== 'FAILED') return error;
  return new NetproofError(`the nodes did not take ${image}`, {
    code: 'IMAGE_NOT_LOADED',
    exit: exitCode.environment,
    hint: 'one of spec.images in cluster.yaml has to be there (docker image inspect) and whole: write it again',
    cause: asNetproofError(error),
  });
}

/** Takes a kept cluster as it is. It stays when the run ends. */
export async function attach(owner: Owner, images: Images): Promise<Provisioned> {
  const { kindName } = owner;
  if (alive(owner)) {
    throw new NetproofError(`${kindName} is in use by process ${owner.pid}`, {
      code: 'CLUSTER_IN_USE',
      exit: exitCode.usage,
      hint: 'wait until that run has ended; two at once would disturb each other',
    });
  }
  const kubeconfig = kubeconfigOf(kindName);
  const plan = kindPlan({ name: kindName, network: kindName, config: '', kubeconfig, kind: images.kind });
  const kind = await withKind(plan.attach());
  // Ours while we live, so that nobody sweeps it; kept again afterwards.
  await own(owner, true);
  const kube = await Kube.connect(kubeconfig);
  return {
    kindName,
    kubeconfig,
    kind,
    kube,
    nodes: await kube.nodes(),
    keep: async () => {},
    async [Symbol.asyncDispose]() {},
  };
}
