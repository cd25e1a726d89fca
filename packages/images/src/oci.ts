import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';

/** A compressed layer, as an OCI manifest and an OCI config name it. */
export interface Layer {
  /** Digest and size in bytes of the file, a zstd-compressed tar. */
  readonly digest: string;
  readonly size: number;
  /** Digest of the tar before compression. */
  readonly diffId: string;
}

/** What a container of the image runs by default, in OCI's own words (image-spec, config.md). */
export interface RunConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** zstd's output depends on how its input is cut, so it is cut alike however a pipe delivers it. */
const piece = 1 << 20;

/** Compresses a tar into a layer's file. The same tar gives the same bytes. */
export async function writeLayer(tar: Readable, file: string): Promise<Layer> {
  const plain = meter();
  const packed = meter();
  await pipeline(tar, pieces, plain.through, createZstdCompress(), packed.through, createWriteStream(file));
  return { digest: packed.digest(), size: packed.size(), diffId: plain.digest() };
}

async function* pieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < piece) continue;
    const all = Buffer.concat(waiting);
    const whole = all.length - (all.length % piece);
    for (let at = 0; at < whole; at += piece) yield all.subarray(at, at + piece);
    waiting = [all.subarray(whole)];
    bytes = all.length - whole;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

function meter() {
  const hash = createHash('sha256');
  let bytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { through, digest: () => `sha256:${hash.digest('hex')}`, size: () => bytes };
}

interface ImagePlan {
  /** The full name, registry included: a short one is not found by the kubelet. */
  readonly ref: string;
  readonly layers: readonly (Layer & { readonly file: string })[];
  readonly config: RunConfig;
}

/** Writes an OCI image layout (image-spec, image-layout.md) into an empty folder. Layers are hard links. */
export async function writeImageLayout(folder: string, plan: ImagePlan): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const blob = async (mediaType: string, content: object) => {
    const bytes = Buffer.from(JSON.stringify(content));
    const hex = createHash('sha256').update(bytes).digest('hex');
    await writeFile(join(blobs, hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  for (const { file, digest } of plan.layers) await link(file, join(blobs, digest.slice('sha256:'.length)));
  const config = await blob('application/vnd.oci.image.config.v1+json', {
    created: '1970-01-01T00:00:00Z',
    architecture: { x64: 'amd64', arm64: 'arm64' }[process.arch as string],
    os: 'linux',
    config: plan.config,
    rootfs: { type: 'layers', diff_ids: plan.layers.map(({ diffId }) => diffId) },
  });
  const manifest = await blob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config,
    layers: plan.layers.map(({ digest, size }) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd',
      digest,
      size,
    })),
  });
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const name = { 'io.containerd.image.name': plan.ref };
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ ...manifest, annotations: name }],
  };
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
}
