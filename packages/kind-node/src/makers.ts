import { readdir, readFile } from 'node:fs/promises';

/** A `kind create cluster` that runs, whoever started it. */
export interface Maker {
  readonly cluster: string;
  /** Of it and of the `docker run` processes that it starts. */
  readonly group: number;
}

/** Every kind of this machine that makes a cluster, by its command line (proc(5)); none without /proc. */
export async function makers(): Promise<Maker[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(pids.map(makerIn))).filter((maker) => maker !== undefined);
}

async function makerIn(pid: string): Promise<Maker | undefined> {
  try {
    const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    const create = argv.indexOf('create');
    const cluster = argv[argv.indexOf('--name') + 1];
    if (create === -1 || argv[create + 1] !== 'cluster' || !argv.includes('--name') || !cluster)
      return undefined;
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field may hold spaces and brackets; the group is the fifth.
    const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
    return { cluster, group };
  } catch {
    return undefined; // it has ended meanwhile
  }
}

/** Ends a process group at once. */
export function end(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
