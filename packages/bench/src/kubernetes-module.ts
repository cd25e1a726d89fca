import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { versions } from '@netproof/images';

/** Runs Go in a folder that has {@link pinned}. */
export const go = (folder: string, ...argv: readonly string[]) =>
  promisify(execFile)('go', argv, {
    cwd: folder,
    // The pinned module may need more of what it requires than netproof's own go.sum names.
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod -buildvcs=false', GOWORK: 'off' },
    maxBuffer: Number.POSITIVE_INFINITY,
  });

/** Makes a folder one in which the Kubernetes that netproof's is built from can be compiled. */
export async function pinned(folder: string): Promise<void> {
  const pins = join(import.meta.dirname, '../../images/go/kubernetes');
  for (const file of ['go.mod', 'go.sum']) await copyFile(join(pins, file), join(folder, file));
}

/**
 * A folder of what is built from it, which later calls find again.
 *
 * @param build into a folder that gets its name when it is whole
 */
export async function built(what: string, build: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(tmpdir(), `netproof-${what}-${versions.kubernetes}`);
  if (existsSync(folder)) return folder;
  const scratch = await mkdtemp(`${folder}-`);
  try {
    await build(scratch);
    await rename(scratch, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return folder;
}

/** As netproof's own programs are: without debug data, linked statically, nothing of this machine inside. */
export function buildFlags(): readonly string[] {
  const version = 'k8s.io/component-base/version.gitVersion';
  const [major, minor] = versions.kubernetes.slice(1).split('.');
  const set = [`${version}=${versions.kubernetes}`, `${version.replace('Version', 'Major')}=${major}`];
  const link = [...set, `${version.replace('Version', 'Minor')}=${minor}`]
    .map((one) => `-X ${one}`)
    .join(' ');
  return ['-trimpath', '-gcflags=all=-dwarf=false', '-ldflags', `-s -w ${link}`];
}

/** The program of upstream's test image, in a folder of its own. Compiling takes minutes where Go's cache is cold. */
export function buildAgnhost(): Promise<string> {
  return built('agnhost', async (folder) => {
    await pinned(folder);
    await agnhostInto(folder);
  });
}

export async function agnhostInto(folder: string): Promise<void> {
  await go(folder, 'build', ...buildFlags(), '-o', 'agnhost', 'k8s.io/kubernetes/test/images/agnhost');
}
