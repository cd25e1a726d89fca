import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { lstat, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Names that our code gives to mkdtemp(3), which adds six letters and lets nobody else in. */
const ours = /^(netproof-([a-z]+-)*|kind-node-[a-z]+-)[A-Za-z0-9]{6}$/;

/** Temporary folders that netproof made as this user, of living processes too. */
export async function temporaryFolders(tmp = tmpdir()): Promise<string[]> {
  const names = (await readdir(tmp)).filter((name) => ours.test(name)).map((name) => join(tmp, name));
  const isOurs = await Promise.all(
    names.map(async (path) => {
      const found = await lstat(path).catch(() => undefined);
      return found?.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o777) === 0o700;
    }),
  );
  return names.filter((_, at) => isOurs[at]);
}

/**
 * Removes such a folder.
 *
 * @throws Error where something is mounted inside, which would be emptied with it, or it cannot be removed
 */
export async function removeTemporary(folder: string, mounts = read('/proc/self/mountinfo')): Promise<void> {
  const inside = `${await realpath(folder)}/`;
  // proc(5): the fifth field is the mount point, relative to our root.
  const points = mounts.split('\n').map((line) => line.split(' ')[4] ?? '');
  const mounted = points.find((point) => `${point}/`.startsWith(inside));
  if (mounted !== undefined) throw new Error(`${folder} is not removed: ${mounted} is mounted there`);
  await rm(folder, { recursive: true });
}

/**
 * Other processes of netproof or of its tests that may own such a folder: a folder does not say whose it is.
 * Those that started this one, and those in containers, do not count.
 */
export function otherProcesses(): { readonly pid: number; readonly command: string }[] {
  const above = ancestors(process.pid);
  const here = mountNamespace('self');
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || above.has(pid)) return [];
    const argv = read(`/proc/${entry}/cmdline`).split('\0').filter(Boolean);
    if (basename(argv[0] ?? '') !== 'node' || !isNetproof(argv) || mountNamespace(entry) !== here) return [];
    return [{ pid, command: argv.join(' ') }];
  });
}

const isNetproof = (argv: readonly string[]): boolean =>
  argv.some((word) => /netproof|mocha|(^|\/)packages\/[\w-]+\/src\//.test(word));

function ancestors(pid: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (let one = pid; one > 0 && !found.has(one); ) {
    found.add(one);
    one = Number(/^PPid:\s*(\d+)$/m.exec(read(`/proc/${one}/status`))?.[1] ?? 0);
  }
  return found;
}

/** Undefined where this user may not see it, so that another user's process does not count. */
function mountNamespace(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
