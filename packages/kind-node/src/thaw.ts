import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where cgroup v1 has its freezer; there is none with cgroup v2, where SIGKILL reaches frozen processes too. */
const freezer = '/sys/fs/cgroup/freezer';

/**
 * Thaws what is frozen inside a container. With cgroup v1 a runc in a node freezes a pod's processes for a moment;
 * where it is killed in that moment they stay so, no signal reaches them, and the node's container cannot be removed.
 *
 * @param root the freezer's folder; another one for tests
 * @returns how many cgroups were frozen; 0 also where this machine cannot tell
 */
export async function thaw(containerId: string, root = freezer): Promise<number> {
  let thawed = 0;
  for await (const file of glob(`docker/${containerId}/**/freezer.state`, { cwd: root })) {
    const state = await readFile(join(root, file), 'utf8').catch(() => ''); // it may be gone by now
    if (state.trim() === 'THAWED' || state === '') continue;
    await writeFile(join(root, file), 'THAWED').catch(() => {});
    thawed += 1;
  }
  return thawed;
}
