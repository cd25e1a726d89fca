import { join } from 'node:path';
import { exitCode, interrupted, NetproofError } from '@netproof/core';
import { cnis as all, cacheFolder, loadImages, type Moved, pushImages, saveImages } from '@netproof/images';
import { ensureDocker } from '@netproof/setup/docker';
import { untilInterrupted } from '../signals.ts';
import { terminal } from '../terminal.ts';

export interface ImagesFlags {
  readonly cni?: readonly string[];
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** `netproof images save FILE`: all that clusters need, in one file. */
export async function saveCommand(file: string, flags: ImagesFlags): Promise<number> {
  const cnis = chosen(flags);
  const moved = await withProgress(`images into ${file}`, (site) => saveImages(file, { cnis, ...site }));
  return told(moved);
}

/** `netproof images push REGISTRY`: each component by its key, where `NETPROOF_MIRROR` finds it. */
export async function pushCommand(registry: string, flags: ImagesFlags): Promise<number> {
  const cnis = chosen(flags);
  const moved = await withProgress(`images to ${registry}`, (site) =>
    pushImages(registry, { cnis, ...site }),
  );
  return told(moved);
}

/** `netproof images load FILE`: what `save` wrote, on a machine without network. */
export async function loadCommand(file: string): Promise<number> {
  const moved = await withProgress(`images of ${file}`, (site) => loadImages(file, site));
  if (moved.length === 0) say(`all of ${file} is here already`);
  return told(moved);
}

/** Results are for pipes as well: the lines of a list of digests. */
function told(moved: readonly Moved[]): number {
  for (const { name, digest } of moved) say(`${name} ${digest}`);
  return exitCode.pass;
}

/** @throws NetproofError `NO_SUCH_CNI` (exit 2) with all that there are */
function chosen({ cni = ['all'] }: ImagesFlags): readonly string[] {
  const names = all.map(({ name }) => name);
  if (cni.includes('all')) return names;
  const unknown = cni.filter((name) => !names.includes(name));
  if (unknown.length === 0) return cni;
  throw new NetproofError(`no images are made for ${unknown.join(', ')}; there are: ${names.join(', ')}`, {
    code: 'NO_SUCH_CNI',
    exit: exitCode.usage,
  });
}

type Site = Parameters<typeof loadImages>[1];

async function withProgress<T>(title: string, work: (site: Site) => Promise<T>): Promise<T> {
  await ensureDocker();
  const ui = terminal();
  const signal = untilInterrupted();
  try {
    return await ui.step(title, (report) =>
      work({
        log: join(cacheFolder(), 'build.log'),
        signal,
        onProgress: ({ doing, fraction }) => report(`${Math.round(fraction * 100)} %: ${doing}`),
        onWarning: (warning) => process.stderr.write(`! ${warning}\n`),
      }),
    );
  } catch (error) {
    throw signal.aborted ? interrupted('interrupted; nothing was left half done') : error;
  }
}
