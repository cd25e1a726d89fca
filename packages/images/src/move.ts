import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { exitCode, NetproofError } from '@netproof/core';
import { Archive, ArchiveWriter, type Kept } from './archive.ts';
import { type Cni, cniOf, cnis as ours } from './cni/index.ts';
import type { Component } from './component.ts';
import { diskProblems, freeDisk } from './disk.ts';
import { keyLabel } from './docker.ts';
import { type EnsureOptions, ensureImages, goalsWith, loaded } from './ensure.ts';
import { onDisk } from './full-disk.ts';
import { keysOf } from './key.ts';
import { lock } from './lock.ts';
import { openLog } from './log.ts';
import { checkMachine } from './machine.ts';
import { placeOf } from './mirror.ts';
import { type Packed, pack } from './pack.ts';
import { isPresent } from './present.ts';
import { ProgressMeter } from './progress.ts';
import { Registry } from './registry.ts';
import { takeAll } from './remote.ts';
import { cacheFolder, Store } from './store.ts';
import { type Offer, repositoryOf, sizeOf } from './take.ts';
import { Tools } from './tool.ts';

/** Without `whole`, which it is: what is moved must do without any registry. */
export type MoveOptions = Omit<EnsureOptions, 'whole'>;

/** A component that was moved: `name:key` and the digest of its manifest. */
export interface Moved {
  readonly name: string;
  readonly digest: string;
}

/**
 * Writes all that clusters of these CNIs need into one file, for {@link loadImages} on a machine without network.
 * What is not there yet is made first. The file is there whole or not at all.
 *
 * @throws NetproofError `NO_FOLDER` (exit 2), `DISK_TOO_SMALL` (exit 3), and as {@link ensureImages}
 */
export async function saveImages(file: string, options: MoveOptions): Promise<readonly Moved[]> {
  const folder = dirname(resolve(file));
  if (!(await isFolder(folder)) || (await isFolder(file))) {
    throw new NetproofError(`${file} cannot be written: it has to be a file of a folder that is there`, {
      code: 'NO_FOLDER',
      exit: exitCode.usage,
    });
  }
  return packAll(options, async ({ goals, keys, store, tools, packed }) => {
    await roomForArchive(goals, folder, store.root);
    await using writer = new ArchiveWriter(resolve(file), tools);
    const moved = await moveEach(goals, keys, options.onProgress, (goal, key) =>
      packed(goal, (one, scratch) => writer.add(goal, key, one, scratch)),
    );
    await using scratch = await store.temporary('index');
    await writer.finish(scratch.path);
    return moved;
  });
}

/**
 * Publishes all that clusters of these CNIs need in a registry, each component by its key, as `$NETPROOF_MIRROR` finds
 * it. What is not there yet is made first; what the registry has already is not sent again, and what else has a name of
 * these is replaced.
 *
 * @param registry `HOST[:PORT][/PREFIX]`
 * @throws NetproofError `BAD_REGISTRY` (exit 2), `REGISTRY_SILENT`, `REGISTRY_REFUSED` (exit 3)
 */
export async function pushImages(registry: string, options: MoveOptions): Promise<readonly Moved[]> {
  const hint = 'see that it runs, and that its address is right';
  const to = new Registry(placeOf(registry, 'REGISTRY'), { hint, signal: options.signal });
  await to.answers();
  return packAll(options, async ({ goals, keys, store, packed }) => {
    const parts = await partsHere(options.cnis.map(cniOf), keys, store);
    return moveEach([...new Set([...goals, ...parts])], keys, options.onProgress, (one, key) =>
      pushOne(to, one, key, packed),
    );
  });
}

/**
 * Moves components one after the other and tells how far that is, also past those that are there already.
 *
 * @param move resolves with the digest of the component's manifest
 */
export async function moveEach(
  components: readonly Component[],
  keys: ReadonlyMap<Component, string>,
  onProgress: MoveOptions['onProgress'],
  move: (component: Component, key: string) => Promise<string>,
): Promise<readonly Moved[]> {
  const parts = components.map((one) => ({
    name: one.name,
    doing: `packing ${one.name}`,
    weight: megabytes(one),
  }));
  const meter = new ProgressMeter(parts, onProgress);
  const moved: Moved[] = [];
  for (const one of components) {
    const key = keys.get(one) as string;
    meter.started(one.name);
    moved.push({ name: `${one.name}:${key}`, digest: await move(one, key) });
    meter.finished(one.name);
  }
  return moved;
}

/**
 * Images that nodes of upstream's image load, where they are here, as they are once ours was built. Who pulls those
 * nodes needs nothing else of a CNI.
 */
export async function partsHere(
  cnis: readonly Cni[],
  keys: ReadonlyMap<Component, string>,
  store: Store,
): Promise<readonly Component[]> {
  const here: Component[] = [];
  for (const one of cnis.flatMap(loaded))
    if (await store.has(one.name, keys.get(one) as string)) here.push(one);
  return here;
}

/**
 * Pushes a component unless the registry has it: a manifest of its name says of which key it is.
 *
 * @param packed packs it
 * @returns the digest of its manifest there
 */
export async function pushOne(
  to: Registry,
  component: Component,
  key: string,
  packed: Packing['packed'],
): Promise<string> {
  const repository = repositoryOf(component);
  const there = await to.manifest(repository, key);
  if (there?.manifest.annotations?.[keyLabel] === key) return there.digest;
  return packed(component, async ({ manifest, blobs }) => {
    for (const blob of blobs) await to.pushBlob(repository, blob.digest, blob.file);
    await to.pushManifest(repository, key, manifest);
  });
}

/**
 * Takes what {@link saveImages} wrote. Nothing of it is there before every digest of the file was compared.
 *
 * @returns what was not there yet
 * @throws NetproofError `ARCHIVE_DAMAGED`, `OTHER_PINS` (exit 2), `DISK_TOO_SMALL`, `MACHINE_NOT_READY` (exit 3)
 */
export async function loadImages(
  file: string,
  options: Omit<MoveOptions, 'cnis'>,
): Promise<readonly Moved[]> {
  await using log = await openLog(options.log);
  const tools = new Tools(log.of('load'), options.signal);
  const archive = await Archive.open(file, tools);
  const goals = goalsWith(undefined, ours);
  const keys = await keysOf(goals);
  const chosen = componentsOf(archive.kept, goals, keys, file);

  const store = new Store(cacheFolder(), options.onWarning);
  await using _ = await lock(store.root, options);
  const taken = await takeOffers(archive, chosen, {
    store,
    tools,
    onProgress: options.onProgress,
    check: (pull) => checkMachine(tools, store.root, { pull, build: [] }),
  });
  return taken.map(({ component, key, digest }) => ({ name: `${component.name}:${key}`, digest }));
}

interface TakeSite {
  readonly store: Store;
  readonly tools: Tools;
  readonly onProgress: MoveOptions['onProgress'];
  /** Called with what will be taken, before anything is; rejects where the machine is too small for it. */
  readonly check: (components: readonly Component[]) => Promise<void>;
}

/** Takes of an archive what is not there yet, once all of that was compared with its digests. */
export async function takeOffers(
  archive: Archive,
  chosen: ReadonlyMap<Component, Kept>,
  { store, tools, onProgress, check }: TakeSite,
): Promise<readonly Offer[]> {
  const offers: Offer[] = [];
  for (const [component, kept] of chosen) {
    const { key, digest } = kept;
    if (await isPresent(component, key, { store, tools })) continue;
    offers.push({ component, key, manifest: await archive.manifest(kept), digest });
  }
  if (offers.length === 0) return [];
  await check(offers.map(({ component }) => component));
  await verify(archive, offers, onProgress);
  await takeAll(archive, offers, { store, tools, onProgress });
  return offers;
}

async function verify(archive: Archive, offers: readonly Offer[], onProgress: MoveOptions['onProgress']) {
  const parts = offers.map((offer) => ({
    name: offer.component.name,
    doing: `comparing the digests of ${offer.component.name}`,
    weight: sizeOf(offer),
  }));
  const meter = new ProgressMeter(parts, onProgress);
  for (const offer of offers) {
    const { name } = offer.component;
    let bytes = 0;
    meter.started(name);
    for (const blob of [offer.manifest.config, ...offer.manifest.layers]) {
      await archive.verify(name, blob, (more) => {
        bytes += more;
        meter.report(name, bytes / sizeOf(offer));
      });
    }
    meter.finished(name);
  }
}

/** @throws NetproofError `OTHER_PINS` with all that this netproof has otherwise */
export function componentsOf(
  kept: readonly Kept[],
  goals: readonly Component[],
  keys: ReadonlyMap<Component, string>,
  file: string,
): ReadonlyMap<Component, Kept> {
  const found = new Map<Component, Kept>();
  const other: string[] = [];
  for (const one of kept) {
    const component = goals.find(({ name }) => name === one.name);
    const wanted = component && keys.get(component);
    if (component && wanted === one.key) found.set(component, one);
    else other.push(`${one.name} ${one.version ?? ''} ${one.key}, here ${wanted ?? 'unknown'}`);
  }
  if (other.length === 0 && found.size > 0) return found;
  throw new NetproofError(`${file} has what another netproof needs:\n${other.join('\n') || 'nothing'}`, {
    code: 'OTHER_PINS',
    exit: exitCode.usage,
    hint: 'save it with the netproof that will load it, of the same commit',
  });
}

interface Packing {
  readonly goals: readonly Component[];
  readonly keys: ReadonlyMap<Component, string>;
  readonly store: Store;
  readonly tools: Tools;
  /** Packs a component into a folder that is removed after `use`. Resolves with the digest of its manifest. */
  packed(component: Component, use: (packed: Packed, scratch: string) => Promise<void>): Promise<string>;
}

/** Makes everything of these CNIs, then lets it be packed while nobody else builds or sweeps. */
async function packAll<T>(options: MoveOptions, work: (packing: Packing) => Promise<T>): Promise<T> {
  await ensureImages({ ...options, whole: true });
  await using log = await openLog(options.log);
  const tools = new Tools(log.of('pack'), options.signal);
  const cnis = options.cnis.map(cniOf);
  const goals = goalsWith(undefined, cnis);
  const keys = await keysOf([...goals, ...cnis.flatMap(loaded)]);
  const store = new Store(cacheFolder(), options.onWarning);
  await using _ = await lock(store.root, options);
  const packed: Packing['packed'] = async (component, use) => {
    await using scratch = await store.temporary(component.name);
    const key = keys.get(component) as string;
    const one = await pack(component, { store, tools, key, folder: scratch.path });
    await use(one, scratch.path);
    return one.digest;
  };
  return onDisk(store.root, () => work({ goals, keys, store, tools, packed }));
}

const megabytes = ({ cost }: Component): number => cost.mb.docker ?? cost.mb.cache ?? 0;

async function roomForArchive(goals: readonly Component[], folder: string, cache: string): Promise<void> {
  const sizes = goals.map(megabytes);
  const needs = [
    { use: 'archive', folder, mb: Math.ceil(sizes.reduce((sum, mb) => sum + mb, 0) / 2) },
    // One at a time, as Docker saves it and packed.
    { use: 'cache', folder: cache, mb: Math.ceil(Math.max(...sizes) * 1.5) },
  ] as const;
  const problems = await diskProblems(needs, freeDisk, 'saving');
  if (problems.length === 0) return;
  throw new NetproofError(problems.map(({ what }) => what).join('\n'), {
    code: 'DISK_TOO_SMALL',
    exit: exitCode.environment,
    hint: problems.map(({ cure }) => cure).join('\n'),
  });
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
