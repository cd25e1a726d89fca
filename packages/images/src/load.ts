import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { onDisk } from './full-disk.ts';
import type { Store } from './store.ts';
import { fed, type Tools } from './tool.ts';

interface Descriptor {
  readonly digest: string;
}

/**
 * Loads the image of one of our OCI archives into the local Docker under a name. Docker before 25 knows neither
 * OCI layouts nor zstd, so it is given what `docker save` writes, which any Docker takes.
 *
 * Images of other content under that name, as an older netproof has loaded them, are removed where none uses them.
 *
 * @param ref a name that ends in the content's key
 */
export async function loadIntoDocker(
  tools: Tools,
  archive: string,
  ref: string,
  store: Store,
): Promise<void> {
  await using scratch = await store.temporary('load');
  await onDisk(store.root, () => load(tools, archive, ref, scratch.path));
  const [repository] = ref.split(':');
  const list = ['docker', 'image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', repository ?? ref] as const;
  for (const other of (await tools.run(list)).split('\n').filter((one) => one !== '' && one !== ref)) {
    // Docker refuses while a container uses it; the log says so.
    await tools.run(['docker', 'image', 'rm', other]).catch(() => tools.signal.throwIfAborted());
  }
}

async function load(tools: Tools, archive: string, ref: string, scratch: string): Promise<void> {
  const [layout, saved] = [join(scratch, 'layout'), join(scratch, 'saved')];
  await mkdir(layout);
  await mkdir(saved);
  await tools.run(['tar', '-xf', archive, '-C', layout]);
  const blob = ({ digest }: Descriptor) => join(layout, 'blobs', ...digest.split(':'));
  const read = async <T>(path: string) => JSON.parse(await readFile(path, 'utf8')) as T;

  const index = await read<{ manifests: [Descriptor] }>(join(layout, 'index.json'));
  const image = await read<{ config: Descriptor; layers: Descriptor[] }>(blob(index.manifests[0]));
  await loadSaved(tools, saved, { ref, config: blob(image.config), layers: image.layers.map(blob) });
}

/**
 * Loads an image into the local Docker.
 *
 * @param saved an empty folder for what `docker save` would have written
 * @param image its name there, and the files of its configuration and of its layers, zstd-compressed tars
 */
export async function loadSaved(
  tools: Tools,
  saved: string,
  image: { readonly ref: string; readonly config: string; readonly layers: readonly string[] },
): Promise<void> {
  await copyFile(image.config, join(saved, 'config.json'));
  const layers = image.layers.map((_, at) => `${at}.tar`);
  for (const [at, layer] of image.layers.entries()) {
    const plain = createWriteStream(join(saved, `${at}.tar`));
    await pipeline(createReadStream(layer), createZstdDecompress(), plain);
  }
  const manifest = [{ Config: 'config.json', RepoTags: [image.ref], Layers: layers }];
  await writeFile(join(saved, 'manifest.json'), JSON.stringify(manifest));

  const packing = tools.start(['tar', '-C', saved, '-c', '.']);
  const loading = tools.start(['docker', 'load']);
  loading.stdout.resume();
  await Promise.all([fed(loading, packing.stdout), packing.done]);
}
