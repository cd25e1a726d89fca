import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { zstdDecompressSync } from 'node:zlib';
import { type Layer, writeImageLayout, writeLayer } from './oci.ts';
import { testFolder } from './testing.ts';

const sha256 = (bytes: Buffer | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const content = 'not a tar, but a layer does not look inside\n'.repeat(1000);

/** Two and a half megabytes that do not compress to nothing, the same in each run. */
function noise(): Buffer {
  const blocks = [];
  for (let n = 0; n < 80_000; n += 1)
    blocks.push(
      createHash('sha256')
        .update(`${n % 50_000}`)
        .digest(),
    );
  return Buffer.concat(blocks);
}

async function layerIn(folder: string): Promise<Layer & { file: string }> {
  const file = join(folder, 'layer');
  return { ...(await writeLayer(Readable.from([Buffer.from(content)]), file)), file };
}

describe('an OCI image', () => {
  it('has layers whose digests are right before and after compression', async () => {
    await using folder = await testFolder();
    const { digest, diffId, size, file } = await layerIn(folder.path);
    const bytes = await readFile(file);
    assert.equal(digest, sha256(bytes));
    assert.equal(size, bytes.length);
    assert.equal(diffId, sha256(content));
    assert.equal(String(zstdDecompressSync(bytes)), content);
  });

  it('leads from its name to every byte by digests alone', async () => {
    await using folder = await testFolder();
    const layer = await layerIn(folder.path);
    const layout = join(folder.path, 'layout');
    await mkdir(layout);
    const ref = 'registry.k8s.io/pause:3.10.2';
    await writeImageLayout(layout, { ref, layers: [layer], config: { Entrypoint: ['/pause'] } });

    const blob = async ({ digest, size }: { digest: string; size: number }) => {
      const bytes = await readFile(join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length)));
      assert.equal(sha256(bytes), digest);
      assert.equal(bytes.length, size);
      return bytes;
    };
    assert.deepEqual(JSON.parse(await readFile(join(layout, 'oci-layout'), 'utf8')), {
      imageLayoutVersion: '1.0.0',
    });
    const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'));
    assert.equal(index.manifests[0].annotations['io.containerd.image.name'], ref);
    const manifest = JSON.parse(String(await blob(index.manifests[0])));
    assert.equal(manifest.layers[0].digest, layer.digest);
    await blob(manifest.layers[0]);
    const config = JSON.parse(String(await blob(manifest.config)));
    assert.deepEqual(config.rootfs, { type: 'layers', diff_ids: [layer.diffId] });
    assert.deepEqual(config.config, { Entrypoint: ['/pause'] });
  });

  it('has the same layer however its tar arrives', async () => {
    await using folder = await testFolder();
    const bytes = noise();
    const cut = (size: number) => {
      const chunks = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      return writeLayer(Readable.from(chunks), join(folder.path, `${size}`));
    };
    const layers = [await cut(bytes.length), await cut(4096), await cut(1_500_000)];
    assert.equal(layers[0]?.diffId, sha256(bytes));
    assert.deepEqual(layers.slice(1), [layers[0], layers[0]]);
  });

  it('is the same bytes again from the same content', async () => {
    await using one = await testFolder();
    await using two = await testFolder();
    const written = async (folder: string) => {
      const layers = [await layerIn(folder)];
      await writeImageLayout(join(folder, 'layout'), { ref: 'a/b:1', layers, config: {} });
      return readFile(join(folder, 'layout', 'index.json'), 'utf8');
    };
    assert.equal(await written(one.path), await written(two.path));
  });
});
