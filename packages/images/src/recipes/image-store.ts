import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildSite, Component } from '../component.ts';

/** What of containerd's folder makes up its images: their bytes and their names. */
const kept = ['io.containerd.content.v1.content', 'io.containerd.metadata.v1.bolt'];

/** Plugins that importing does not need: some would mount, some would look at the machine. */
const disabled = [
  'io.containerd.cri.v1.images',
  'io.containerd.cri.v1.runtime',
  'io.containerd.grpc.v1.cri',
  'io.containerd.nri.v1.nri',
  'io.containerd.internal.v1.opt',
  'io.containerd.snapshotter.v1.blockfile',
  'io.containerd.snapshotter.v1.erofs',
  'io.containerd.snapshotter.v1.overlayfs',
];

const importOptions = [
  ...['--local', '--no-unpack', '--all-platforms'],
  ...['--label', 'io.cri-containerd.pinned=pinned'],
];

/**
 * Fills `folder` as the `/var/lib/containerd` of a node that has the images, pinned as kind pins them and
 * packed, by a containerd that runs on this machine for that alone.
 */
export async function importImages(
  site: BuildSite,
  containerd: Component,
  images: readonly Component[],
  folder: string,
): Promise<void> {
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
