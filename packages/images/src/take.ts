import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { exitCode, NetproofError } from '@netproof/core';
import type { Component } from './component.ts';
import { keyLabel } from './docker.ts';
import { isFull } from './full-disk.ts';
import { loadSaved } from './load.ts';
import { imageOf } from './pack.ts';
import { type Descriptor, type Manifest, wrongDigest } from './registry.ts';
import type { Store } from './store.ts';
import { fed, type Tools } from './tool.ts';

/** Where finished components that were packed elsewhere are: a registry, or an archive. */
export interface Source {
  /** For people: `127.0.0.1:5000`. */
  readonly name: string;
  /** The bytes of a blob of a component. Nobody has compared them with its digest. */
  blob(component: Component, digest: string): Promise<Readable>;
  /** The error of bytes that did not come as they should. */
  broken(component: Component, cause: unknown): Error;
}

/** A component that a source offers. */
export interface Offer {
  readonly component: Component;
  readonly key: string;
  readonly manifest: Manifest;
  /** The manifest's digest. */
  readonly digest: string;
}

/** Bytes that come with an offer. */
export const sizeOf = ({ manifest: { config, layers } }: Offer): number =>
  [config, ...layers].reduce((sum, { size }) => sum + size, 0);

/** The name and the digest of what was offered, for people and for the report. */
export const nameOf = (source: Source, { component, digest }: Offer): string =>
  `${source.name}/${repositoryOf(component)}@${digest}`;

/** The repository of a component in any registry. */
export const repositoryOf = ({ name }: Component): string => `netproof/${name}`;

interface TakeSite {
  readonly store: Store;
  readonly tools: Tools;
  /** Bytes that have come. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Takes what a source offers into the store or into the local Docker. Nothing of it is unpacked before every byte
 * has its digest, and no image gets its name in Docker before its own label has been compared with the key.
 *
 * @throws NetproofError `WRONG_DIGEST`, `WRONG_KEY` (exit 3), what the source says, or `TOOL_FAILED`
 */
export async function take(source: Source, offer: Offer, site: TakeSite): Promise<void> {
  const { component, key, manifest } = offer;
  const { store, tools } = site;
  const what = nameOf(source, offer);
  const found = manifest.annotations?.[keyLabel];
  if (found !== key) throw wrongKey(what, { found, wanted: key });
  await using scratch = await store.temporary(component.name);
  const file = (_: Descriptor, at: number) => join(scratch.path, `blob-${at}`);
  const blobs = [manifest.config, ...manifest.layers];
  for (const [at, blob] of blobs.entries()) await fetched(source, offer, blob, file(blob, at), site);
  const [config, ...layers] = blobs.map(file) as [string, ...string[]];
  if (component.present) {
    const label = await labelOf(config);
    if (label !== key) throw wrongKey(`the image in ${what}`, { found: label, wanted: key });
    // Before it is there: nothing says afterwards where an image came from whose note was lost.
    await store.add(component.name, key, async () => {}, what);
    const saved = join(scratch.path, 'saved');
    await mkdir(saved);
    await loadSaved(tools, saved, { ref: imageOf(component), config, layers });
    if (!(await component.present(key, tools))) throw wrongKey(what, { found: 'another image', wanted: key });
    return;
  }
  const fill = async (folder: string) => {
    for (const layer of layers) await unpack(layer, folder, tools);
  };
  await store.add(component.name, key, fill, what);
}

/** The key that an image carries, as its configuration says. */
async function labelOf(config: string): Promise<string | undefined> {
  try {
    const image = JSON.parse(await readFile(config, 'utf8')) as ImageConfig | null;
    return image?.config?.Labels?.[keyLabel];
  } catch (error) {
    // No image at all.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What of an OCI image's configuration is read here. */
interface ImageConfig {
  readonly config?: { readonly Labels?: Readonly<Record<string, string>> | null };
}

async function unpack(layer: string, folder: string, tools: Tools): Promise<void> {
  const unpacking = tools.start(['tar', '-xp', '--no-same-owner', '-C', folder]);
  unpacking.stdout.resume();
  await fed(unpacking, createReadStream(layer), createZstdDecompress());
}

async function fetched(
  source: Source,
  offer: Offer,
  { digest, size }: Descriptor,
  file: string,
  { tools, onBytes }: TakeSite,
): Promise<void> {
  const from = await source.blob(offer.component, digest);
  const found = await digestOfStream(from, { file, onBytes, signal: tools.signal }).catch((cause) => {
    tools.signal.throwIfAborted();
    throw isFull(cause) ? cause : source.broken(offer.component, cause);
  });
  if (found.digest === digest && found.size === size) return;
  throw wrongDigest(`${nameOf(source, offer)}, in it ${digest},`, found.digest);
}

/** Reads a stream to its end, into a file where one is named. */
export async function digestOfStream(
  from: Readable,
  options: {
    readonly file?: string;
    readonly onBytes: (bytes: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly digest: string; readonly size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  const meter = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
      options.onBytes(chunk.length);
      if (options.file !== undefined) yield chunk;
    }
  };
  const to = options.file === undefined ? new PassThrough().resume() : createWriteStream(options.file);
  await pipeline(from, meter, to, { signal: options.signal });
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

function wrongKey(what: string, { found, wanted }: { found: string | undefined; wanted: string }) {
  return new NetproofError(`${what} was to be ${wanted} and is ${found ?? 'nothing of netproof'}`, {
    code: 'WRONG_KEY',
    exit: exitCode.environment,
    hint: 'something else was pushed under its name: push it again with `netproof images push`',
  });
}
