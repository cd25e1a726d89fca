import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Component, Cost } from './component.ts';

/** What fills up: netproof's cache, Go's module cache, Go's build cache, Docker's folder, the folder of an archive. */
type Use = keyof Cost['mb'] | 'archive';

/** The folder of each, as far as it is known. */
export type Places = Readonly<Partial<Record<keyof Cost['mb'], string>>>;

/** Something that a build needs and this machine lacks. */
export interface Problem {
  readonly what: string;
  readonly cure: string;
}

/** How many MB go where. */
export interface DiskNeed {
  readonly use: Use;
  readonly folder: string;
  readonly mb: number;
}

/** What building these components fills, by place. */
export function diskNeeds(components: readonly Component[], places: Places): DiskNeed[] {
  return Object.entries(places).map(([use, folder]) => {
    const key = use as keyof Places;
    return { use: key, folder, mb: components.reduce((sum, { cost }) => sum + (cost.mb[key] ?? 0), 0) };
  });
}

/** A file system: which one a folder is on, and the MB that are free there. */
export interface FreeDisk {
  readonly device: number;
  readonly mb: number;
}

const howToFree: Readonly<Record<Use, string>> = {
  cache: 'remove older builds',
  goModules: '`go clean -modcache`',
  goBuild: '`go clean -cache`',
  docker: '`docker system prune`',
  archive: 'remove what you do not need',
};

/**
 * Which file systems are too small for what goes there together.
 *
 * @param doing what is done with the images
 */
export async function diskProblems(
  needs: readonly DiskNeed[],
  free: (folder: string) => Promise<FreeDisk>,
  doing = 'building',
): Promise<Problem[]> {
  const byDevice = new Map<number, { free: number; needs: DiskNeed[] }>();
  for (const need of needs) {
    const { device, mb } = await free(need.folder);
    const known = byDevice.get(device) ?? { free: mb, needs: [] };
    known.needs.push(need);
    byDevice.set(device, known);
  }
  return [...byDevice.values()].flatMap((one) => {
    const sum = one.needs.reduce((total, { mb }) => total + mb, 0);
    if (sum <= one.free) return [];
    const where = one.needs.filter(({ mb }) => mb > 0).map(({ folder, mb }) => `${mb} MB in ${folder}`);
    const cures = one.needs
      .filter(({ mb }) => mb > 0)
      .map(({ use, folder }) => `${howToFree[use]} (${folder})`);
    return [
      {
        what: `${doing} the images needs ${sum} MB of disk (${where.join(', ')}); ${one.free} MB are free`,
        cure: `free ${sum - one.free} MB: ${cures.join(', ')}`,
      },
    ];
  });
}

/** Of a folder that need not exist yet. */
export async function freeDisk(folder: string): Promise<FreeDisk> {
  try {
    const [{ dev }, { bavail, bsize }] = [await stat(folder), await statfs(folder)];
    return { device: dev, mb: Math.floor((bavail * bsize) / 1e6) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return freeDisk(dirname(folder));
  }
}
