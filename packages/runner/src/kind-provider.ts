import type { Provenance } from '@netproof/core';
import type { Images } from '@netproof/images';
import { claimsOf } from './cell.ts';
import type { LoadedCheck } from './checks.ts';
import type { ClusterFolder } from './clusters.ts';
import { equals } from './earlier.ts';
import { outsideOf } from './outside.ts';
import { ownImage, ownImages } from './own-images.ts';
import type { Provider } from './provider.ts';
import { attach, provision } from './provision.ts';
import { quoted } from './quoted.ts';
import type { Owner } from './registry.ts';
import { kindName, type RunFolder } from './run-folder.ts';
import type { Ui } from './ui.ts';

export interface KindProviderOptions {
  readonly cluster: ClusterFolder;
  readonly images: Images;
  readonly checks: readonly LoadedCheck[];
  /** Leaves the cluster running at the end. */
  readonly keep: boolean;
  /** Uses a kept cluster instead of a new one. */
  readonly on?: Owner | undefined;
  readonly docker: string;
  readonly folder: RunFolder;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/** A kind cluster of this machine. */
export function kindProvider(options: KindProviderOptions): Provider {
  const { checks, cluster, docker, folder, images, keep, on, ui, signal } = options;
  const present = async () => [...images.provenance, ...(await ownImages(cluster))];
  // What it is made of is looked at once: an archive that is written anew meanwhile is not in its nodes.
  let looked: Promise<readonly Provenance[]> | undefined;
  const provenance = () => {
    looked ??= on?.provenance ? keptProvenance(on, on.provenance, options) : present();
    return looked;
  };
  return {
    docker,
    provenance,
    async open(journal) {
      const name = kindName(cluster.name, folder.id);
      await using made = new AsyncDisposableStack();
      const provisioned = made.use(
        on
          ? await attach(on, images)
          : await provision({ cluster, kindName: name, images, folder, journal, ui, signal }),
      );
      const { kind, kube, kubeconfig, nodes } = provisioned;
      if (keep) {
        await provisioned.keep(await provenance());
        ui.line(`keeping ${provisioned.kindName}: KUBECONFIG=${kubeconfig}`);
        ui.line(`  again: pnpm netproof run --on ${provisioned.kindName}; to remove it: pnpm netproof clean`);
      }
      const outside = made.use(outsideOf({ checks, folder }, images, provisioned));
      const all = made.move();
      return {
        ...{ kind, kube, nodes },
        probes: { image: images.agentImage, run: folder.id },
        outside: outside.endpoints,
        describe: async () => ({
          cluster: { name: cluster.name, spec: cluster.spec },
          claims: claimsOf(cluster.spec),
          kubeconfig,
          kindName: provisioned.kindName,
          kind: images.kind,
          kept: Boolean(on || keep),
          where: on || keep ? `--on ${provisioned.kindName}` : likeIt(cluster),
        }),
        [Symbol.asyncDispose]: () => all.disposeAsync(),
      };
    },
  };
}

/** A kept cluster runs what it was made of, whatever is in its folder or on the machine now. */
async function keptProvenance(
  { kindName }: Owner,
  kept: readonly Provenance[],
  { cluster, images, ui }: KindProviderOptions,
): Promise<readonly Provenance[]> {
  // What is not there any more is another one, too.
  const own = await Promise.allSettled(cluster.spec.images.map((image) => ownImage(cluster, image)));
  const now = [
    ...images.provenance,
    ...own.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
  ];
  const others = [
    ...kept.filter((one) => !now.some(equals(one))),
    ...now.filter((one) => !kept.some(equals(one))),
  ];
  const names = [...new Set(others.map(({ name }) => name))];
  if (names.length > 0) {
    ui.line(`! ${kindName} is judged as it was kept, not with what is here now: ${names.join(', ')}`);
  }
  return kept;
}

/** The option of a command that makes another one like it. */
export const likeIt = ({ named }: Pick<ClusterFolder, 'named'>): string => `--cluster ${quoted(named)}`;
