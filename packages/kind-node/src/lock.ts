import { randomUUID } from 'node:crypto';
import { watch } from 'node:fs';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { KindError } from './error.ts';
import { isTimeout } from './run.ts';

/** How often a waiter looks whether the owner still lives, in milliseconds: the end of a process that is not our child is no event. */
const ownerCheck = 500;

/** Held until it is released or disposed of. */
export interface Lock extends AsyncDisposable {
  release(): Promise<void>;
}

/**
 * Takes a lock that all processes of this machine see, waiting while another one holds it.
 * The lock is a file that holds its owner: process id, and where the system tells it the time at which that
 * process started, so that a reused id is not taken for the owner. The lock of a process that is gone is taken over.
 * @throws KindError ABORTED or DEADLINE when the signal ends the wait
 */
export async function lock(file: string, signal: AbortSignal): Promise<Lock> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const token = randomUUID();
  const mine = `${file}.${token}`;
  await writeFile(mine, `${await identity(process.pid)} ${token}\n`);
  try {
    // The link appears with its content or not at all: nobody reads a lock that has no owner yet.
    while (!(await linked(mine, file))) {
      const owner = await read(file);
      if (owner === undefined) continue;
      const gone = async () => !(await lives(owner));
      if (await gone()) await takeOver(file, mine, owner, signal);
      else await changed(file, owner, signal, gone);
    }
  } finally {
    await rm(mine, { force: true });
  }
  const release = async () => {
    if ((await read(file))?.endsWith(`${token}\n`)) await rm(file, { force: true });
  };
  return { release, [Symbol.asyncDispose]: release };
}

/**
 * Files in a folder of locks whose owner is gone: locks, and what killed processes left beside them.
 * None of them stops a later lock, except a takeover that was killed in its middle.
 */
export async function staleLocks(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.lock(\.|$)/.test(name));
  const files = names.map((name) => join(folder, name));
  const stale = await Promise.all(
    files.map(async (file) => {
      const owner = await read(file);
      return owner !== undefined && !(await lives(owner));
    }),
  );
  return files.filter((_, at) => stale[at]);
}

/** Removes them, locks as a waiter would. Returns their paths. */
export async function sweepLocks(folder: string, signal: AbortSignal): Promise<string[]> {
  const files = await staleLocks(folder);
  // The locks last: a dead takeover would stand in their way.
  const sorted = files.sort((a, b) => Number(a.endsWith('.lock')) - Number(b.endsWith('.lock')));
  for (const file of sorted) {
    if (file.endsWith('.lock')) await (await lock(file, signal)).release();
    else await rm(file, { force: true });
  }
  return files;
}

async function linked(mine: string, file: string): Promise<boolean> {
  return link(mine, file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** `<process id> <start time>`; the time in clock ticks since boot (proc(5), stat, field 22), `-` without /proc. */
async function identity(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return `${pid} ${fields[19] ?? '-'}`;
}

async function lives(owner: string): Promise<boolean> {
  const pid = Number.parseInt(owner, 10);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return owner.startsWith(`${await identity(pid)} `);
}

/** Removes a dead owner's lock. The second file keeps two waiters from removing each other's new lock. */
async function takeOver(file: string, mine: string, dead: string, signal: AbortSignal): Promise<void> {
  const guard = `${file}.takeover`;
  if (!(await linked(mine, guard))) return changed(file, dead, signal, async () => false);
  try {
    if ((await read(file)) === dead) await rm(file);
  } finally {
    await rm(guard);
  }
}

/** Waits until the lock is no longer this owner's, or something else ends the wait. */
async function changed(
  file: string,
  owner: string,
  signal: AbortSignal,
  over: () => Promise<boolean>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = async () => {
    if ((await read(file)) !== owner || (await over())) resolve();
  };
  const looking = () => void look().catch(reject);
  const stop = () => reject(gaveUp(file, owner, signal.reason));
  const timer = setInterval(looking, ownerCheck);
  const watcher = watching(file, looking);
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) stop();
    looking();
    await promise;
  } finally {
    clearInterval(timer);
    watcher?.close();
    signal.removeEventListener('abort', stop);
  }
}

/** Without a free inotify instance, which many nodes use up, the wait goes on by {@link ownerCheck} alone. */
function watching(file: string, look: () => void) {
  const changed = (_event: string, name: string | null) => {
    if (name === null || name === basename(file)) look();
  };
  try {
    return watch(dirname(file), changed).on('error', () => {});
  } catch {
    return undefined;
  }
}

function gaveUp(file: string, owner: string, reason: unknown): KindError {
  return new KindError(`${file} is held by process ${Number.parseInt(owner, 10)}`, {
    code: isTimeout(reason) ? 'DEADLINE' : 'ABORTED',
    cause: reason,
    hint: 'Wait for that process to end; if it has nothing to do with kind, remove the file (and the one with ".takeover" beside it).',
  });
}
