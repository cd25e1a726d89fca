import { execFile } from 'node:child_process';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './workflow.ts';

const execute = promisify(execFile);

/** What this repository has and a checkout of it has not. */
const own = ['.git', 'reports'];

/**
 * A checkout of this repository as it stands, with an empty repository of its own and an empty one that it was fetched
 * from: what is in it are links, so that making it takes no time.
 */
export async function checkout(
  folder: string,
): Promise<{ readonly workspace: string; readonly origin: string }> {
  const [workspace, origin] = [join(folder, 'workspace'), join(folder, 'origin.git')];
  await mkdir(workspace);
  for (const name of await readdir(root)) {
    if (!own.includes(name)) await symlink(join(root, name), join(workspace, name));
  }
  await git(folder, 'init', '--quiet', '--bare', origin);
  await git(workspace, 'init', '--quiet');
  await git(workspace, 'remote', 'add', 'origin', origin);
  return { workspace, origin };
}

/** What git prints. */
export async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execute('git', args, { cwd });
  return stdout.trim();
}
