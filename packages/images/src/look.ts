import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { missingFor } from './builder.ts';
import { cnis } from './cni/index.ts';
import type { Component } from './component.ts';
import { diskNeeds, diskProblems, freeDisk, type Problem } from './disk.ts';
import { localImage } from './docker.ts';
import { chosen, goalsWith } from './ensure.ts';
import { keysOf } from './key.ts';
import { builderOf, runsUpstreamNodes } from './machine.ts';
import { mirrorOf } from './mirror.ts';
import { cacheFolder, Store } from './store.ts';
import { Tools } from './tool.ts';
import { refs } from './versions.ts';

/** What there is of images on this machine. */
export interface ImagesSeen {
  /** The folder in which builds are kept, whether it is there or not. */
  readonly cache: string;
  readonly bytes: number;
  /** Components that a build from source would make now. */
  readonly missing: readonly string[];
  /** What stands in the way of a build. */
  readonly problems: readonly Problem[];
  /** Whether a registry is asked before: for kind's published node image, or the one that is named as mirror. */
  readonly upstream: boolean;
}

/**
 * Looks and changes nothing: hashes of what is kept are not compared, as a run does.
 *
 * @param engine whether one answers, else no image is there; `docker` is the folder of its data, where it is here
 * @param signal ends the programs that are asked
 */
export async function lookAtImages(
  { engine, docker }: { readonly engine: boolean; readonly docker: string | undefined },
  signal: AbortSignal,
): Promise<ImagesSeen> {
  const cache = cacheFolder();
  const store = new Store(cache, () => {});
  const tools = new Tools(() => {}, signal);
  const node = engine ? await localImage(tools, refs.node) : undefined;
  const keys = await keysOf([...goalsWith(undefined, cnis), ...goalsWith(node, cnis)]);
  const isPresent = async (component: Component) => {
    const key = keys.get(component) as string;
    if (component.present === undefined) return store.seems(component.name, key);
    return engine && component.present(key, tools);
  };
  const goals = goalsWith(await chosen(node, cnis, isPresent), cnis);
  const missing = await missingFor(goals, isPresent);
  const builder = await builderOf(tools);
  return {
    cache,
    bytes: await bytesBelow(cache),
    missing: missing.map(({ name }) => name),
    problems: [...builder.problems, ...(await tooSmall(missing, { cache, ...builder.places, docker }))],
    upstream: mirrorOf() !== undefined || (await runsUpstreamNodes().catch(() => false)),
  };
}

type Folders = Parameters<typeof diskNeeds>[1];

async function tooSmall(
  missing: readonly Component[],
  { docker, ...known }: Omit<Folders, 'docker'> & { readonly docker: string | undefined },
): Promise<readonly Problem[]> {
  const places = docker === undefined ? known : { ...known, docker };
  return diskProblems(diskNeeds(missing, places), freeDisk);
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map(async ({ parentPath, name }) => {
    const found = await stat(join(parentPath, name)).catch(() => undefined);
    return found?.size ?? 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
