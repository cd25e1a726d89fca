import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ClusterFolder } from './clusters.ts';
import { wholeArchives } from './own-images.ts';

const sha256 = (bytes: string) => createHash('sha256').update(bytes).digest('hex');
const layer = 'a layer '.repeat(10_000);
const config = JSON.stringify({ rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] } });

/** What Docker before 25 writes. */
const saved = {
  'manifest.json': JSON.stringify([
    { Config: `${sha256(config)}.json`, RepoTags: ['x/mine:1'], Layers: ['1f/layer.tar'] },
  ]),
  [`${sha256(config)}.json`]: config,
  '1f/layer.tar': layer,
};
const layout = {
  'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
  'index.json': '{"schemaVersion":2,"manifests":[]}',
  [`blobs/sha256/${sha256(layer)}`]: layer,
};

describe('the archives that a cluster brings', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netproof-own-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const cluster = (...images: string[]) => ({ folder, spec: { images } }) as unknown as ClusterFolder;

  /** Packed by tar, compressed where the flag says so. */
  async function pack(name: string, files: Readonly<Record<string, string>>, how = '-cf'): Promise<string> {
    const from = join(folder, `${name}-files`);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(from, path)), { recursive: true });
      await writeFile(join(from, path), content);
    }
    await promisify(execFile)('tar', ['-C', from, how, join(folder, name), '.']);
    return join(folder, name);
  }

  async function flip(file: string, text: string): Promise<void> {
    const bytes = await readFile(file);
    const at = bytes.indexOf(text) + 2;
    assert.ok(at > 1);
    bytes[at] = (bytes[at] as number) ^ 1;
    await writeFile(file, bytes);
  }

  const refused = (message: RegExp) => ({ code: 'CLUSTER_FILE', exit: 2, message });

  it('are taken where they are whole, of any kind, and names in the local Docker are left to it', async () => {
    await pack('saved.tar', saved);
    await pack('layout.tar', layout);
    await pack('packed.tar', saved, '-czf');
    await wholeArchives([cluster('saved.tar', 'x/mine:1'), cluster('layout.tar', 'packed.tar')]);
  });

  it('are refused where they were cut off or are not there, all at once', async () => {
    for (const [name, how] of [
      ['saved.tar', '-cf'],
      ['packed.tar', '-czf'],
    ] as const) {
      const file = await pack(name, saved, how);
      await truncate(file, Math.floor((await readFile(file)).length / 2));
    }
    await assert.rejects(
      wholeArchives([cluster('saved.tar', 'packed.tar', 'none.tar')]),
      refused(
        /saved\.tar cannot be used: .*Unexpected EOF.*\n\S+packed\.tar cannot be used: .*unexpected end of file.*\n\S+none\.tar cannot be used: .*No such file/,
      ),
    );
  });

  it('are refused where a byte of a layer or of the configuration is another', async () => {
    for (const [archive, files, text, name] of [
      ['1.tar', saved, 'a layer', '1f/layer.tar'],
      ['2.tar', saved, 'diff_ids', `${sha256(config)}.json`],
      ['3.tar', layout, 'a layer', `blobs/sha256/${sha256(layer)}`],
    ] as const) {
      const file = await pack(archive, files);
      await flip(file, text);
      await assert.rejects(
        wholeArchives([cluster(archive)]),
        refused(new RegExp(`^${file} cannot be used: ${name} does not match its digest$`)),
      );
    }
  });

  it('are refused where they are no archives, or hold no image', async () => {
    await writeFile(join(folder, 'text.tar'), 'no archive'.repeat(1_000));
    await pack('other.tar', { 'a.txt': 'a' });
    await assert.rejects(
      wholeArchives([cluster('text.tar', 'other.tar')]),
      refused(
        /text\.tar cannot be used: .*does not look like a tar archive\n\S+other\.tar .*it holds no image$/,
      ),
    );
  });
});
