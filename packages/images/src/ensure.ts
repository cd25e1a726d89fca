import type { Provenance } from '@netproof/core';
import { ensureBuildTools } from '@netproof/setup/docker';
import { build, missingFor } from './builder.ts';
import { type Cni, cniOf } from './cni/index.ts';
import type { Component } from './component.ts';
import { type LocalImage, localImage, pulled, removeUnused } from './docker.ts';
import { keysOf } from './key.ts';
import { loadIntoDocker } from './load.ts';
import { lock } from './lock.ts';
import { type Log, openLog } from './log.ts';
import { checkMachine, runsUpstreamNodes } from './machine.ts';
import { mirrorOf, urlOf } from './mirror.ts';
import { imageOf } from './pack.ts';
import { isPresent } from './present.ts';
import type { Progress } from './progress.ts';
import { provenanceOf } from './provenance.ts';
import { agentImage } from './recipes/images.ts';
import { nodeImage } from './recipes/node-image.ts';
import { kind } from './recipes/programs.ts';
import { pullMissing, type Remote, remoteOf } from './remote.ts';
import { cacheFolder, Store } from './store.ts';
import { Tools } from './tool.ts';
import { nodeRef, refs, versions } from './versions.ts';

export interface EnsureOptions {
  /** The CNIs of the clusters that will be made, as `spec.cni.name` has them; another than ours brings no images. */
  readonly cnis: readonly string[];
  /** Whether everything that clusters run has to be in what is made here, as for a machine without a registry. */
  readonly whole?: boolean;
  /** File that all output of tools is appended to. */
  readonly log: string;
  /** Ends everything at once: programs, mounts, temporary folders. Finished components are kept. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onWarning: (message: string) => void;
}

/** Everything that the clusters of one CNI are made of, on this machine. */
export interface Images {
  /** Path of the kind program. */
  readonly kind: string;
  /** URL of the registry that the nodes ask first for every image, where `$NETPROOF_MIRROR` names one. */
  readonly mirror?: string;
  /** Path of the helm program, where the CNI is installed by a chart. */
  readonly helm?: string;
  /** Folder of the CNI's own manifests or chart, at the paths of its Go module. */
  readonly upstream?: string;
  /** Name of the node image in the local Docker. */
  readonly nodeImage: string;
  /** Whether it was built here, with the CNI's images inside. Otherwise the nodes pull those. */
  readonly built: boolean;
  /** Image archives (OCI layouts) that the node image lacks and that have to be loaded into the nodes. */
  readonly archives: readonly { readonly ref: string; readonly path: string }[];
  readonly agentImage: string;
  /**
   * Puts the agent's image into the local Docker as well, where it is not yet there. Clusters do not need it.
   *
   * @returns its name there, which no registry knows
   */
  readonly agentInDocker: () => Promise<string>;
  readonly provenance: readonly Provenance[];
}

/**
 * Makes everything that clusters of these CNIs need be there: what is there already is used, the rest is pulled where
 * a registry has it, and built from source under the same names where none has.
 *
 * @returns what there is for each of the CNIs
 * @throws NetproofError exit 3 for what the machine lacks (all of it at once), before anything is built, for
 * `$NETPROOF_MIRROR` where it does not answer, and for a tool that fails; the signal's reason when that ended it.
 */
export async function ensureImages(options: EnsureOptions): Promise<(cni: string) => Images> {
  const cnis = options.cnis.map(cniOf);
  await using log = await openLog(options.log);
  const all = [...goalsWith(undefined, cnis), ...goalsWith(foreign, cnis)];
  const work = new Work(options, log, await keysOf(all));
  const local = await work.nodeImage(cnis);
  if ((await work.missing(goalsWith(local, cnis))).length === 0) return work.result(local, cnis);

  await using _ = await lock(work.store.root, options);
  await work.store.sweep(work.keys);
  await work.make(goalsWith((await work.nodeImage(cnis)) ?? (await work.pull(cnis)), cnis));
  await removeUnused(work.tools);
  return work.result(await work.nodeImage(cnis), cnis);
}

/** A node image that was not built here has none of ours inside: those that no registry has are loaded. */
export function goalsWith(local: LocalImage | undefined, cnis: readonly Cni[]): readonly Component[] {
  const files = cnis.flatMap(({ upstream, helm }) => [upstream, helm].filter((one) => one !== undefined));
  const images = isForeign(local) ? cnis.flatMap(loaded) : cnis.map(nodeImage);
  // The agent also runs outside of clusters, from its own image.
  return [...new Set([kind, agentImage, ...images, ...files])];
}

/**
 * The node image that clusters of these CNIs start from: upstream's steps back where all of ours is there, as somebody
 * has loaded, pulled or built it. That needs no registry.
 */
export async function chosen(
  local: LocalImage | undefined,
  cnis: readonly Cni[],
  isPresent: (component: Component) => Promise<boolean>,
): Promise<LocalImage | undefined> {
  if (!isForeign(local)) return local;
  for (const goal of goalsWith(undefined, cnis)) if (!(await isPresent(goal))) return local;
  return undefined;
}

/** Images of a CNI that only we make. */
export const loaded = ({ images }: Cni): readonly Component[] =>
  images.filter((image) => imageOf(image).startsWith('ghcr.io/netproof/'));

/** The agent's image in the local Docker, named by its key: another content is another name. */
async function agentInDocker(options: EnsureOptions): Promise<string> {
  await using log = await openLog(options.log);
  const { store, tools, keys } = new Work(options, log, await keysOf([agentImage]));
  const key = keys.get(agentImage) as string;
  const ref = `${refs.agent}-${key.slice(0, 12)}`;
  const there = async () => (await localImage(tools, ref)) !== undefined;
  if (await there()) return ref;

  await using _ = await lock(store.root, { signal: options.signal, onProgress: () => {} });
  if (await there()) return ref;
  await loadIntoDocker(tools, store.file(agentImage.name, key, 'image.tar'), ref, store);
  return ref;
}

class Work {
  readonly store: Store;
  readonly tools: Tools;
  readonly log: Log;
  readonly keys: ReadonlyMap<Component, string>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly remote: Remote;
  readonly #options: EnsureOptions;
  /** Hashes of what is there are compared once. */
  readonly #present = new Set<Component>();

  constructor(options: EnsureOptions, log: Log, keys: ReadonlyMap<Component, string>) {
    this.#options = options;
    this.store = new Store(cacheFolder(), options.onWarning);
    this.tools = new Tools(log.of('images'), options.signal);
    this.log = log;
    this.keys = keys;
    this.signal = options.signal;
    this.remote = remoteOf(options.signal);
    this.onProgress = options.onProgress;
  }

  /** Undefined where clusters start from ours, there or not. */
  async nodeImage(cnis: readonly Cni[]): Promise<LocalImage | undefined> {
    try {
      const image = await localImage(this.tools, refs.node);
      if (this.#options.whole && isForeign(image)) return undefined;
      return await chosen(image, cnis, (one) => this.#isPresent(one));
    } catch (error) {
      // No Docker; and if more is missing, say all of it.
      await checkMachine(this.tools, this.store.root, { pull: [], build: this.remote.named ? [] : [kind] });
      throw error;
    }
  }

  /** The node image that kind publishes, where it runs and a registry has it. */
  async pull(cnis: readonly Cni[]): Promise<LocalImage | undefined> {
    if (this.#options.whole || !(await runsUpstreamNodes())) return undefined;
    this.onProgress({ doing: `asking for ${refs.node}`, fraction: 0 });
    return (await pulled(this.tools, refs.node, mirrorOf())) ? this.nodeImage(cnis) : undefined;
  }

  /** Those of these, and of all that they are made of, that would have to be built. */
  missing(goals: readonly Component[]): Promise<readonly Component[]> {
    return missingFor(goals, (one) => this.#isPresent(one));
  }

  /** Pulls what is missing of these, and builds what no registry has. */
  async make(goals: readonly Component[]): Promise<void> {
    const absent: Component[] = [];
    for (const goal of goals) if (!(await this.#isPresent(goal))) absent.push(goal);
    await pullMissing(this.remote, absent, {
      ...this,
      onWarning: this.#options.onWarning,
      check: (pull) => this.#check(pull, goals),
    });
    const missing = await this.missing(goals);
    if (missing.length > 0) await build(missing, this);
  }

  async #check(pull: readonly Component[], goals: readonly Component[]): Promise<void> {
    const rest = await missingFor(goals, async (one) => pull.includes(one) || this.#isPresent(one));
    // Not before: who pulls everything needs none of them.
    if (rest.length > 0) await ensureBuildTools();
    await checkMachine(this.tools, this.store.root, { pull, build: rest });
  }

  async #isPresent(component: Component): Promise<boolean> {
    if (this.#present.has(component)) return true;
    const key = this.keyOf(component);
    const present = await isPresent(component, key, this);
    if (present) this.#present.add(component);
    return present;
  }

  keyOf(component: Component): string {
    return this.keys.get(component) as string;
  }

  async result(local: LocalImage | undefined, cnis: readonly Cni[]): Promise<(cni: string) => Images> {
    const file = (component: Component, path: string) =>
      this.store.file(component.name, this.keyOf(component), path);
    const built = !isForeign(local);
    const mirror = mirrorOf();
    const provenance = new Map<Cni, readonly Provenance[]>();
    for (const cni of cnis) {
      const made = await provenanceOf(goalsWith(local, [cni]), this.store, this.keys);
      provenance.set(cni, [...this.#foreign(local), ...made]);
    }
    return (name) => {
      const cni = cniOf(name);
      const { upstream, helm } = cni;
      return {
        ...(mirror && { mirror: urlOf(mirror) }),
        kind: file(kind, 'kind'),
        ...(helm && { helm: file(helm, 'helm') }),
        ...(upstream && { upstream: file(upstream, '.') }),
        nodeImage: built ? nodeRef(cni.name) : refs.node,
        built,
        agentImage: refs.agent,
        agentInDocker: () => agentInDocker(this.#options),
        archives: built
          ? []
          : [agentImage, ...loaded(cni)].map((image) => ({
              ref: imageOf(image),
              path: file(image, 'image.tar'),
            })),
        provenance: provenance.get(cni) ?? [],
      };
    };
  }

  #foreign(local: LocalImage | undefined): Provenance[] {
    if (local === undefined || !isForeign(local)) return [];
    const made = { name: refs.node, version: versions.kubernetes };
    if (local.digest === undefined) return [{ ...made, origin: 'present', from: `local image ${local.id}` }];
    return [{ ...made, origin: 'pulled', from: refs.node, key: local.digest }];
  }
}

const isForeign = (local: LocalImage | undefined): boolean => local !== undefined && local.key === undefined;

/** Some image that was not built here. */
const foreign: LocalImage = { id: '' };
