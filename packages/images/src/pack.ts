import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { exitCode, NetproofError } from '@netproof/core';
import type { Component } from './component.ts';
import { keyLabel } from './docker.ts';
import { type Layer, writeLayer } from './oci.ts';
import { type Descriptor, digestOf, manifestType } from './registry.ts';
import type { Store } from './store.ts';
import { fed, type Tools } from './tool.ts';

/** A finished component as an OCI manifest, and the files that hold the blobs which it names. */
export interface Packed {
  readonly manifest: Buffer;
  readonly digest: string;
  readonly blobs: readonly (Descriptor & { readonly file: string })[];
}

/** Says that a manifest is a folder of the store, not an image. */
export const componentType = 'application/vnd.netproof.component.v1';
const layerType = 'application/vnd.oci.image.layer.v1.tar+zstd';

/** Same files, same bytes. */
const tar = ['tar', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'] as const;

export interface PackSite {
  readonly store: Store;
  readonly tools: Tools;
  readonly key: string;
  /** An empty folder for its blobs. */
  readonly folder: string;
}

/**
 * Packs a component that is finished: a folder of the store as an OCI artifact of one layer, an image of the local
 * Docker as the OCI image that it is, with the same configuration and so the same id.
 */
export async function pack(component: Component, site: PackSite): Promise<Packed> {
  const { config, layers, artifactType } = component.present
    ? await packImage(component, site)
    : await packFolder(component, site);
  const bare = ({ mediaType, digest, size }: Descriptor): Descriptor => ({ mediaType, digest, size });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      ...(artifactType && { artifactType }),
      config: bare(config),
      layers: layers.map(bare),
      annotations: {
        [keyLabel]: site.key,
        ...(component.made && { 'org.opencontainers.image.version': component.made.version }),
      },
    }),
  );
  return { manifest, digest: digestOf(manifest), blobs: [config, ...layers] };
}

async function packFolder(component: Component, { store, tools, key, folder }: PackSite) {
  const file = join(folder, 'layer');
  const packing = tools.start([...tar, '-C', store.file(component.name, key, '.'), '-c', '.']);
  packing.stdin.end();
  const [layer] = await Promise.all([writeLayer(packing.stdout, file), packing.done]);
  const config = await blob(join(folder, 'config'), 'application/vnd.oci.empty.v1+json', Buffer.from('{}'));
  return { config, layers: [described(layer, file)], artifactType: componentType };
}

async function packImage(component: Component, { tools, folder }: PackSite) {
  const saved = join(folder, 'saved');
  await mkdir(saved);
  const saving = tools.start(['docker', 'save', imageOf(component)]);
  const unpacking = tools.start(['tar', '-x', '-C', saved]);
  saving.stdin.end();
  unpacking.stdout.resume();
  await Promise.all([fed(unpacking, saving.stdout), saving.done]);
  const [image] = JSON.parse(await readFile(join(saved, 'manifest.json'), 'utf8')) as [SavedImage];
  const bytes = await readFile(join(saved, image.Config));
  const config = await blob(join(folder, 'config'), 'application/vnd.oci.image.config.v1+json', bytes);
  const { rootfs } = JSON.parse(bytes.toString()) as { rootfs: { diff_ids: readonly string[] } };
  const layers = [];
  for (const [at, from] of image.Layers.entries()) {
    const file = join(folder, `layer-${at}`);
    const layer = await writeLayer(await plain(join(saved, from)), file);
    if (layer.diffId !== rootfs.diff_ids[at]) {
      throw new NetproofError(
        `docker save gave a layer of ${imageOf(component)} that is none of its: ${layer.diffId}`,
        { code: 'IMAGES_DIFFER', exit: exitCode.defect },
      );
    }
    layers.push(described(layer, file));
  }
  return { config, layers, artifactType: undefined };
}

interface SavedImage {
  readonly Config: string;
  readonly Layers: readonly string[];
}

/** The name that an image has, or will have, in the local Docker. */
export const imageOf = ({ recipe }: Component): string => (recipe as { ref: string }).ref;

const described = ({ digest, size }: Layer, file: string) => ({ mediaType: layerType, digest, size, file });

async function blob(file: string, mediaType: string, bytes: Buffer) {
  await writeFile(file, bytes);
  return { mediaType, digest: digestOf(bytes), size: (await stat(file)).size, file };
}

/** Docker with containerd's image store saves layers as it got them, which may be compressed. */
async function plain(file: string) {
  const handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0).finally(() => handle.close());
  const stream = createReadStream(file);
  return buffer.readUInt16BE(0) === 0x1f8b ? stream.pipe(createGunzip()) : stream;
}
