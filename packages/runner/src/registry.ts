import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Provenance } from '@netproof/core';

/**
 * A run that owns a kind cluster. kind cannot label its nodes, so who owns which cluster stands in a file
 * of the user's cache, one a cluster, named after it.
 */
export interface Owner {
  readonly kindName: string;
  /** As `--cluster` takes it. */
  readonly cluster: string;
  readonly run: string;
  readonly pid: number;
  /** When that process started, in clock ticks since boot: a pid alone may be somebody else's by now. */
  readonly started: string;
  /** Left running on purpose. */
  readonly kept: boolean;
  readonly folder: string;
  /** What it was made of, where it was kept. */
  readonly provenance?: readonly Provenance[];
}

const folder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'netproof', 'clusters');

const fileOf = (kindName: string): string => join(folder(), `${kindName}.json`);

/** Says that this process owns a cluster. Written before the cluster is made, so that no kill leaves it unknown. */
export async function own(owner: Omit<Owner, 'pid' | 'started' | 'kept'>, kept = false): Promise<void> {
  await mkdir(folder(), { recursive: true });
  const whole: Owner = { ...owner, kept, pid: process.pid, started: startOf(process.pid) ?? '' };
  const temporary = `${fileOf(owner.kindName)}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(whole));
  await rename(temporary, fileOf(owner.kindName));
}

export async function disown(kindName: string): Promise<void> {
  await rm(kubeconfigOf(kindName), { force: true });
  await rm(fileOf(kindName), { force: true });
}

/** Where a cluster's credentials stand: not in the run's folder, which people publish. */
export function kubeconfigOf(kindName: string): string {
  return join(folder(), `${kindName}.kubeconfig`);
}

/** All clusters that a run of this user owns or owned. A file that cannot be read is left out. */
export async function owners(): Promise<readonly Owner[]> {
  const names = await readdir(folder()).catch(() => []);
  const read = names
    .filter((name) => name.endsWith('.json'))
    .map(async (name) => {
      try {
        return JSON.parse(await readFile(join(folder(), name), 'utf8')) as Owner;
      } catch {
        return undefined;
      }
    });
  return (await Promise.all(read)).filter((owner) => owner !== undefined);
}

/** Whether the process that owns a cluster still lives. */
export function alive({ pid, started }: Owner): boolean {
  return startOf(pid) === started;
}

/** The start of a process, from field 22 of /proc/PID/stat; the second field may hold spaces and brackets. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
