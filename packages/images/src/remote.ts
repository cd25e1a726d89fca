import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { explain, NetproofError } from '@netproof/core';
import type { Component } from './component.ts';
import { onDisk } from './full-disk.ts';
import { mirrorOf, placeOf } from './mirror.ts';
import { type Progress, ProgressMeter } from './progress.ts';
import { Registry } from './registry.ts';
import type { Store } from './store.ts';
import { nameOf, type Offer, repositoryOf, type Source, sizeOf, take } from './take.ts';
import type { Tools } from './tool.ts';

/** Where netproof's own components are published. */
const home = 'ghcr.io';

/** Digests of manifests by `name:key`, as `published.txt` has them. */
export async function published(
  file: string = join(import.meta.dirname, 'published.txt'),
): Promise<ReadonlyMap<string, string>> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => /^[^#]/.test(line));
  return new Map(lines.map((line) => line.trim().split(/\s+/) as [string, string]));
}

/** A registry that may have components which are missing here. */
export interface Remote extends Source {
  /** Whether the user named it: then it must answer. */
  readonly named: boolean;
  readonly registry: Registry;
  /** Undefined where it has none of that key. */
  offer(component: Component, key: string): Promise<Offer | undefined>;
}

/**
 * The mirror that `$NETPROOF_MIRROR` names, asked for a component by its key; else where netproof publishes, asked
 * for what {@link published} has, by its digest.
 */
export function remoteOf(signal: AbortSignal, env: NodeJS.ProcessEnv = process.env): Remote {
  const mirror = mirrorOf(env);
  const hint = mirror
    ? 'NETPROOF_MIRROR names it: see that it runs, or unset NETPROOF_MIRROR to build from source'
    : 'set NETPROOF_MIRROR to a registry that has them';
  const registry = new Registry(mirror ?? placeOf(home, 'netproof'), { hint, signal });
  return {
    name: registry.place.name,
    named: mirror !== undefined,
    registry,
    async offer(component, key) {
      const reference = mirror ? key : (await published()).get(`${component.name}:${key}`);
      if (reference === undefined) return undefined;
      const found = await registry.manifest(repositoryOf(component), reference);
      return found && { component, key, ...found };
    },
    blob: (component, digest): Promise<Readable> => registry.blob(repositoryOf(component), digest),
    broken: (component, cause) => registry.broken(`for ${repositoryOf(component)}`, cause),
  };
}

interface PullSite {
  readonly store: Store;
  readonly tools: Tools;
  readonly keys: ReadonlyMap<Component, string>;
  readonly onProgress: (progress: Progress) => void;
  readonly onWarning: (message: string) => void;
  /** Called with what will be taken, before anything is; rejects where the machine is too small for it. */
  readonly check: (components: readonly Component[]) => Promise<void>;
}

/**
 * Takes of the missing components those that a registry has. What it lacks, and everything where one that nobody
 * named does not answer, is left to be built, which a warning says.
 *
 * @throws NetproofError exit 3 where one that was named does not answer, or content has another digest
 */
export async function pullMissing(
  remote: Remote,
  missing: readonly Component[],
  site: PullSite,
): Promise<void> {
  const { store, tools, keys, onProgress, onWarning } = site;
  try {
    if (remote.named) {
      onProgress({ doing: `asking ${remote.name}`, fraction: 0 });
      await remote.registry.answers();
    }
    const offers: Offer[] = [];
    for (const component of missing) {
      const offer = await remote.offer(component, keys.get(component) as string);
      if (offer) offers.push(offer);
    }
    const lacking = missing.filter((one) => !offers.some(({ component }) => component === one));
    if (remote.named && lacking.length > 0) {
      const names = lacking.map((one) => `${repositoryOf(one)}:${keys.get(one)}`);
      onWarning(`${remote.name} lacks ${names.join(', ')}: made here, from source`);
    }
    await site.check(offers.map(({ component }) => component));
    await takeAll(remote, offers, { store, tools, onProgress });
  } catch (error) {
    tools.signal.throwIfAborted();
    const silent = error instanceof NetproofError && /^REGISTRY_/.test(error.code);
    if (remote.named || !silent) throw error;
    onWarning(`${explain(error)}; the rest is built from source`);
    await site.check([]);
  }
}

/**
 * Takes offers one after the other, with their bytes as progress.
 *
 * @throws NetproofError `DISK_FULL`, and as {@link take}
 */
export async function takeAll(
  source: Source,
  offers: readonly Offer[],
  site: Pick<PullSite, 'store' | 'tools' | 'onProgress'>,
): Promise<void> {
  const parts = offers.map((offer) => ({
    name: offer.component.name,
    doing: `${offer.component.name} from ${source.name}`,
    weight: sizeOf(offer),
  }));
  const meter = new ProgressMeter(parts, site.onProgress);
  for (const offer of offers) {
    const { name } = offer.component;
    let bytes = 0;
    meter.started(name);
    const onBytes = (more: number) => {
      bytes += more;
      // Unpacking it, into Docker above all, takes as long again.
      meter.report(name, bytes / sizeOf(offer) / 2);
    };
    await onDisk(site.store.root, () => take(source, offer, { ...site, onBytes }));
    site.tools.log(`took ${nameOf(source, offer)}`);
    meter.finished(name);
  }
}
