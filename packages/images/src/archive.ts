import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { exitCode, explain, NetproofError } from '@netproof/core';
import type { Component } from './component.ts';
import { keyLabel } from './docker.ts';
import type { Packed } from './pack.ts';
import { type Descriptor, digestOf, type Manifest, manifestType } from './registry.ts';
import { digestOfStream, repositoryOf, type Source } from './take.ts';
import type { Tools } from './tool.ts';

/*
 * Components in one file: an OCI image layout (image-spec, image-layout.md) as a tar, each component a manifest of
 * its index. Other tools read it too: `skopeo copy oci-archive:FILE:netproof/kind:KEY …`.
 */

const nameLabel = 'dev.netproof.component';
const refLabel = 'org.opencontainers.image.ref.name';
const versionLabel = 'org.opencontainers.image.version';

interface Entry extends Descriptor {
  readonly annotations: Readonly<Record<string, string>>;
}

const blobPath = (digest: string): string => join('blobs', ...digest.split(':'));

/**
 * Writes a file that is there whole or not at all: under another name, renamed when it is done. What a writer left that
 * was killed is removed first.
 */
export class ArchiveWriter implements AsyncDisposable {
  readonly #file: string;
  readonly #partial: string;
  readonly #tools: Tools;
  readonly #entries: Entry[] = [];
  readonly #digests = new Set<string>();

  constructor(file: string, tools: Tools) {
    this.#file = file;
    this.#partial = join(dirname(file), `.${basename(file)}.${process.pid}`);
    this.#tools = tools;
  }

  /** @param folder an empty one on the same disk as the packed files, which is used up */
  async add({ name, made }: Component, key: string, packed: Packed, folder: string): Promise<void> {
    const layout = join(folder, 'layout');
    await mkdir(join(layout, 'blobs', 'sha256'), { recursive: true });
    // What is equal in two components is there once: of a member's name tar would give all that have it.
    for (const { digest, file } of packed.blobs.filter((blob) => !this.#digests.has(blob.digest))) {
      await rename(file, join(layout, blobPath(digest)));
      this.#digests.add(digest);
    }
    await writeFile(join(layout, blobPath(packed.digest)), packed.manifest);
    await this.#append(layout, 'blobs');
    this.#entries.push({
      mediaType: manifestType,
      digest: packed.digest,
      size: packed.manifest.length,
      annotations: {
        [refLabel]: `${repositoryOf({ name } as Component)}:${key}`,
        [nameLabel]: name,
        [keyLabel]: key,
        ...(made && { [versionLabel]: made.version }),
      },
    });
  }

  /** @param folder an empty one */
  async finish(folder: string): Promise<void> {
    const index = { schemaVersion: 2, mediaType: indexType, manifests: this.#entries };
    await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    await writeFile(join(folder, 'index.json'), JSON.stringify(index));
    await this.#append(folder, 'oci-layout', 'index.json');
    await rename(this.#partial, this.#file);
  }

  async #append(folder: string, ...members: readonly string[]): Promise<void> {
    if (this.#entries.length === 0) await removeLeft(this.#file);
    const plain = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name', '--no-recursion'];
    // Files only: the same folder twice would be two members.
    const list = await this.#tools.run(['find', ...members, '-type', 'f'], { cwd: folder });
    const files = list.split('\n').filter(Boolean).sort();
    await this.#tools.run(['tar', '-rf', this.#partial, ...plain, '-C', folder, ...files]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#partial, { force: true });
  }
}

/** Parts of a file whose writers are gone, and one that another process of this one's number has left. */
async function removeLeft(file: string): Promise<void> {
  const prefix = `.${basename(file)}.`;
  for (const name of await readdir(dirname(file))) {
    const writer = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (!/^[1-9]\d*$/.test(writer)) continue;
    if (Number(writer) === process.pid || !runs(Number(writer))) await rm(join(dirname(file), name));
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to ask: it is there.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

const indexType = 'application/vnd.oci.image.index.v1+json';

/** A component that an archive has. */
export interface Kept {
  readonly name: string;
  readonly key: string;
  readonly version: string | undefined;
  readonly digest: string;
}

/** An archive that was written by {@link ArchiveWriter}. */
export class Archive implements Source {
  readonly name: string;
  readonly kept: readonly Kept[];
  readonly #file: string;
  readonly #tools: Tools;

  private constructor(file: string, tools: Tools, kept: readonly Kept[]) {
    this.name = basename(file);
    this.#file = file;
    this.#tools = tools;
    this.kept = kept;
  }

  /** @throws NetproofError `ARCHIVE_DAMAGED` (exit 2) where it has no index that can be read */
  static async open(file: string, tools: Tools): Promise<Archive> {
    const index = await memberOf(file, 'index.json', tools);
    try {
      const { manifests } = JSON.parse(index.toString()) as { manifests: readonly Entry[] };
      const kept = manifests.map(({ digest, annotations }) => ({
        name: text(annotations[nameLabel]),
        key: text(annotations[keyLabel]),
        version: annotations[versionLabel],
        digest: text(digest),
      }));
      return new Archive(file, tools, kept);
    } catch (cause) {
      tools.signal.throwIfAborted();
      throw damaged(file, `its index cannot be read (${explain(cause)})`);
    }
  }

  /** @throws NetproofError `ARCHIVE_DAMAGED` (exit 2) */
  async manifest({ name, digest }: Kept): Promise<Manifest> {
    const bytes = await memberOf(this.#file, blobPath(digest), this.#tools);
    if (digestOf(bytes) !== digest) throw damaged(this.#file, `the manifest of ${name} has another digest`);
    return JSON.parse(bytes.toString()) as Manifest;
  }

  /**
   * Compares a blob with its digest.
   *
   * @throws NetproofError `ARCHIVE_DAMAGED` (exit 2) with the component and the digest
   */
  async verify(name: string, { digest, size }: Descriptor, onBytes: (bytes: number) => void): Promise<void> {
    const { stdout, done } = this.#reading(blobPath(digest));
    const [found] = await Promise.all([
      digestOfStream(stdout, { onBytes, signal: this.#tools.signal }),
      done,
    ]).catch((cause) => {
      this.#tools.signal.throwIfAborted();
      throw damaged(this.#file, `${name} is not whole: ${firstComplaint(cause)}`);
    });
    if (found.digest === digest && found.size === size) return;
    throw damaged(this.#file, `${name} does not match its digest ${digest}: ${found.digest}`);
  }

  async blob(_: Component, digest: string): Promise<Readable> {
    return this.#reading(blobPath(digest)).stdout;
  }

  broken({ name }: Component, cause: unknown): Error {
    return damaged(this.#file, `${name} cannot be read: ${explain(cause)}`);
  }

  #reading(member: string) {
    const reading = this.#tools.start(['tar', '-xOf', this.#file, member]);
    reading.stdin.end();
    return reading;
  }
}

function text(value: string | undefined): string {
  if (typeof value !== 'string') throw new Error('a component has no name, key or digest');
  return value;
}

async function memberOf(file: string, member: string, tools: Tools): Promise<Buffer> {
  const reading = tools.start(['tar', '-xOf', file, member]);
  reading.stdin.end();
  try {
    const [bytes] = await Promise.all([buffer(reading.stdout), reading.done]);
    return bytes;
  } catch (cause) {
    tools.signal.throwIfAborted();
    throw damaged(file, `${await lastMember(file, tools)}${firstComplaint(cause)}`);
  }
}

/** Where a file that ends early ends. */
async function lastMember(file: string, tools: Tools): Promise<string> {
  const listing = tools.start(['tar', '-tf', file]);
  listing.stdin.end();
  const [names, done] = await Promise.allSettled([buffer(listing.stdout), listing.done]);
  const last = names.status === 'fulfilled' ? names.value.toString().trim().split('\n').at(-1) : undefined;
  return done.status === 'rejected' && last ? `it ends in ${last}: ` : '';
}

/** What tar said first: the rest follows from it. */
function firstComplaint(cause: unknown): string {
  const line = explain(cause)
    .split('\n')
    .find((one) => /^\s*tar: /.test(one) && !/exit code/.test(one));
  return line?.trim() ?? explain(cause);
}

function damaged(file: string, why: string): NetproofError {
  return new NetproofError(`${file} cannot be used: ${why}`, {
    code: 'ARCHIVE_DAMAGED',
    exit: exitCode.usage,
    hint: 'write it again with `netproof images save`, or copy it again; nothing of it was taken',
  });
}
