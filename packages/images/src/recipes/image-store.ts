import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BuildSite, Component } from '../component.ts';

const content = 'io.containerd.content.v1.content';
const snapshotter = 'io.containerd.snapshotter.v1.overlayfs';

/** What of containerd's folder makes up its images: their bytes, their files, and their names. */
const kept = [content, snapshotter, 'io.containerd.metadata.v1.bolt'];

/** Where a node has that, in its image: Docker copies what lies in /var into a volume of each node. */
const shared = 'kind/images';

/** Plugins that importing does not need: some would mount, some would look at the machine. */
const disabled = [
  'io.containerd.cri.v1.images',
  'io.containerd.cri.v1.runtime',
  'io.containerd.grpc.v1.cri',
  'io.containerd.nri.v1.nri',
  'io.containerd.internal.v1.opt',
  'io.containerd.snapshotter.v1.blockfile',
  'io.containerd.snapshotter.v1.erofs',
];

const importOptions = ['--local', '--label', 'io.cri-containerd.pinned=pinned'];

/**
 * Fills the `/var/lib/containerd` of a node with the images, pinned as kind pins them and unpacked, by a containerd that
 * runs on this machine for that alone. Their files lie outside of /var, so that the nodes of a cluster have them once,
 * and no node unpacks or copies anything when it starts; their bytes stay too, for a node that takes another snapshotter.
 *
 * @param tree the root of the node's image
 */
export async function importImages(
  site: BuildSite,
  containerd: Component,
  images: readonly Component[],
  tree: string,
): Promise<void> {
  const folder = join(tree, 'var/lib/containerd');
  // A socket's path has at most 108 bytes, which a cache folder may exceed.
  const short = await mkdtemp(join(tmpdir(), 'netproof-'));
  const address = join(short, 'grpc');
  const config = join(site.scratch, 'containerd.toml');
  await writeFile(config, toml(folder, short, address));
  const booted = Promise.withResolvers<void>();
  const server = site.tools.start([site.file(containerd, 'containerd'), '--config', config], {
    onLine: (line) => line.includes('successfully booted') && booted.resolve(),
  });
  try {
    await Promise.race([booted.promise, server.done]);
    const ctr = [site.file(containerd, 'ctr'), '--address', address, '--namespace', 'k8s.io'] as const;
    for (const image of images) {
      const archive = site.file(image, 'image.tar');
      await site.tools.run([...ctr, 'images', 'import', ...importOptions, archive]);
    }
  } finally {
    await server.stop();
    await rm(short, { recursive: true, force: true });
  }
  for (const name of await readdir(folder)) {
    if (!kept.includes(name)) await rm(join(folder, name), { recursive: true });
  }
  const blobs = join(content, 'blobs/sha256');
  for (const name of await readdir(join(folder, blobs))) await share(tree, folder, join(blobs, name));
  const snapshots = join(snapshotter, 'snapshots');
  for (const name of await readdir(join(folder, snapshots)))
    await share(tree, folder, join(snapshots, name, 'fs'));
}

/** Moves what lies in containerd's folder to where nodes share it, and leaves a link. */
async function share(tree: string, folder: string, path: string): Promise<void> {
  const to = join(shared, path);
  await mkdir(dirname(join(tree, to)), { recursive: true });
  await rename(join(folder, path), join(tree, to));
  await symlink(`/${to}`, join(folder, path));
}

function toml(root: string, state: string, address: string): string {
  return [
    'version = 3',
    `root = ${JSON.stringify(root)}`,
    `state = ${JSON.stringify(join(state, 'state'))}`,
    `disabled_plugins = ${JSON.stringify(disabled)}`,
    `[grpc]\naddress = ${JSON.stringify(address)}`,
    `[ttrpc]\naddress = ${JSON.stringify(join(state, 'ttrpc'))}`,
  ].join('\n');
}
