import type { Provenance } from '@netproof/core';
import { build, missingFor } from './builder.ts';
import { type Cni, cniOf } from './cni/index.ts';
import type { Component } from './component.ts';
import { type LocalImage, localImage, pulled, removeUnused } from './docker.ts';
import { keysOf } from './key.ts';
import { loadIntoDocker } from './load.ts';
import { lock } from './lock.ts';
import { type Log, openLog } from './log.ts';
import { checkMachine, runsUpstreamNodes } from './machine.ts';
import type { Progress } from './progress.ts';
import { agentImage } from './recipes/images.ts';
import { nodeImage } from './recipes/node-image.ts';
import { kind } from './recipes/programs.ts';
import { cacheFolder, Store } from './store.ts';
import { Tools } from './tool.ts';
import { nodeRef, refs, versions } from './versions.ts';

export interface EnsureOptions {
  /** The CNIs of the clusters that will be made, as `spec.cni.name` has them; another than ours brings no images. */
  readonly cnis: readonly string[];
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
 * Makes everything that clusters of these CNIs need be there: what is there already is used, the node image is
 * pulled where a registry answers, the rest is built from source under the same names.
 *
 * @returns what there is for each of the CNIs
 * @throws NetproofError exit 3 for what the machine lacks (all of it at once), before anything is built, and
 * for a tool that fails; the signal's reason when that ended it.
 */
export async function ensureImages(options: EnsureOptions): Promise<(cni: string) => Images> {
  const cnis = options.cnis.map(cniOf);
  await using log = await openLog(options.log);
  const all = [...goalsWith(undefined, cnis), ...goalsWith(foreign, cnis)];
  const work = new Work(options, log, await keysOf(all));
  const local = await work.nodeImage();
  if (local !== undefined && (await work.missing(local, cnis)).length === 0) return work.result(local);

  await using _ = await lock(work.store.root, {
    signal: options.signal,
    onWait: (owner) =>
      options.onProgress({ doing: `waiting for another build (process ${owner})`, fraction: 0 }),
  });
  await work.store.sweep(work.keys);
  const found = (await work.nodeImage()) ?? (await work.pull());
  const missing = await work.missing(found, cnis);
  if (missing.length > 0) {
    await checkMachine(work.tools, work.store.root, missing);
    await build(missing, work);
  }
  await removeUnused(work.tools);
  return work.result(await work.nodeImage());
}

/** A node image that was not built here has none of ours inside: those that no registry has are loaded. */
export function goalsWith(local: LocalImage | undefined, cnis: readonly Cni[]): readonly Component[] {
  const files = cnis.flatMap(({ upstream, helm }) => [upstream, helm].filter((one) => one !== undefined));
  const images = isForeign(local) ? [agentImage, ...cnis.flatMap(loaded)] : cnis.map(nodeImage);
  return [...new Set([kind, ...images, ...files])];
}

/** Images of a CNI that only we make. */
const loaded = ({ images }: Cni): readonly Component[] =>
  images.filter((image) => refOf(image).startsWith('ghcr.io/netproof/'));

const refOf = ({ recipe }: Component): string => (recipe as { ref: string }).ref;

/** The agent's image in the local Docker, named by its key: another content is another name. */
async function agentInDocker(options: EnsureOptions): Promise<string> {
  await using log = await openLog(options.log);
  const { store, tools, keys, ...site } = new Work(options, log, await keysOf([agentImage]));
  const keyOf = (component: Component) => keys.get(component) as string;
  const key = keyOf(agentImage);
  const ref = `${refs.agent}-${key.slice(0, 12)}`;
  const there = async () => (await localImage(tools, ref)) !== undefined;
  if (await there()) return ref;

  await using _ = await lock(store.root, { signal: options.signal, onWait: () => {} });
  if (await there()) return ref;
  const missing = await missingFor([agentImage], (one) => store.has(one.name, keyOf(one)));
  if (missing.length > 0) await build(missing, { store, keys, ...site });
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
  readonly #options: EnsureOptions;

  constructor(options: EnsureOptions, log: Log, keys: ReadonlyMap<Component, string>) {
    this.#options = options;
    this.store = new Store(cacheFolder(), options.onWarning);
    this.tools = new Tools(log.of('images'), options.signal);
    this.log = log;
    this.keys = keys;
    this.signal = options.signal;
    this.onProgress = options.onProgress;
  }

  async nodeImage(): Promise<LocalImage | undefined> {
    try {
      return await localImage(this.tools, refs.node);
    } catch (error) {
      // No Docker; and if more is missing, say all of it.
      await checkMachine(this.tools, this.store.root, []);
      throw error;
    }
  }

  async pull(): Promise<LocalImage | undefined> {
    if (!(await runsUpstreamNodes())) return undefined;
    this.onProgress({ doing: `asking for ${refs.node}`, fraction: 0 });
    return (await pulled(this.tools, refs.node)) ? this.nodeImage() : undefined;
  }

  missing(local: LocalImage | undefined, cnis: readonly Cni[]): Promise<readonly Component[]> {
    return missingFor(goalsWith(local, cnis), (component) => {
      const key = this.keys.get(component) as string;
      return component.present?.(key, this.tools) ?? this.store.has(component.name, key);
    });
  }

  result(local: LocalImage | undefined): (cni: string) => Images {
    const file = (component: Component, path: string) =>
      this.store.file(component.name, this.keys.get(component) as string, path);
    const built = !isForeign(local);
    return (name) => {
      const cni = cniOf(name);
      const { upstream, helm } = cni;
      return {
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
              ref: refOf(image),
              path: file(image, 'image.tar'),
            })),
        provenance: [...this.#foreign(local), ...this.#built(goalsWith(local, [cni]))],
      };
    };
  }

  #foreign(local: LocalImage | undefined): Provenance[] {
    if (local === undefined || !isForeign(local)) return [];
    const made = { name: refs.node, version: versions.kubernetes };
    if (local.digest === undefined) return [{ ...made, origin: 'present', from: `local image ${local.id}` }];
    return [{ ...made, origin: 'pulled', from: refs.node, key: local.digest }];
  }

  #built(goals: readonly Component[]): Provenance[] {
    const all = new Set<Component>();
    const collect = (component: Component) => {
      all.add(component);
      component.needs.forEach(collect);
    };
    goals.forEach(collect);
    return [...all].flatMap((component) => {
      const key = this.keys.get(component) as string;
      return component.made ? [{ ...component.made, origin: 'built' as const, key }] : [];
    });
  }
}

const isForeign = (local: LocalImage | undefined): boolean => local !== undefined && local.key === undefined;

/** Some image that was not built here. */
const foreign: LocalImage = { id: '' };
