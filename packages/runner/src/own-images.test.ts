import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Manifest } from '@netproof/kube';
import { namesIn } from './archive.ts';
import type { ClusterFolder } from './clusters.ts';
import { refuseUnnamed } from './named-images.ts';
import { ownImages, presentImages, wholeArchives } from './own-images.ts';

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

  it('have the names that they get in a node, image by image', async () => {
    const tagged = (RepoTags: readonly string[] | null) => ({ Config: 'c', RepoTags, Layers: [] });
    const manifests = [
      { digest: 'a', annotations: { 'io.containerd.image.name': 'docker.io/x/a:1' } },
      { digest: 'a', annotations: { 'org.opencontainers.image.ref.name': 'x/a:2' } },
      { digest: 'b', annotations: { 'org.opencontainers.image.ref.name': '1' } },
    ];
    const names = async (files: Readonly<Record<string, string>>) => namesIn(await pack('a.tar', files));
    const saved = JSON.stringify([tagged(['x/mine:1', 'x/mine:2']), tagged(null)]);
    assert.deepEqual(await names({ 'manifest.json': saved, 'index.json': '{}' }), [
      ['x/mine:1', 'x/mine:2'],
      [],
    ]);
    await rm(join(folder, 'a.tar-files'), { recursive: true });
    assert.deepEqual(await names({ 'index.json': JSON.stringify({ manifests }) }), [
      ['docker.io/x/a:1', 'x/a:2'],
      [],
    ]);
  });

  it('must be named by what is installed, all of them', async () => {
    const RepoTags = (...names: string[]) => ({ Config: 'c', Layers: [], RepoTags: names });
    const images = [RepoTags('x/cni:mine', 'x/cni:1'), RepoTags('x/node:mine')];
    await pack('mine.tar', { 'manifest.json': JSON.stringify(images) });
    const installed = (...names: string[]): Manifest[] => [
      {
        ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'a' } },
        spec: {
          template: {
            spec: {
              initContainers: [{ name: 'i', image: names[0] }],
              containers: names.slice(1).map((image) => ({ name: 'c', image })),
            },
          },
        },
      },
      {
        ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } },
        data: { started: 'x/started:1' },
      },
    ];
    const mine = cluster('mine.tar', 'x/other', 'x/started:1');
    await refuseUnnamed(mine, installed('docker.io/x/cni:1', 'x/node:mine', 'x/other:latest'));
    await refuseUnnamed(cluster(), []);
    await assert.rejects(refuseUnnamed(mine, installed('x/cni:2', 'quay.io/x/node:mine')), {
      ...{ code: 'CLUSTER_FILE', exit: 2 },
      message: [
        `${join(folder, 'cluster.yaml')} brings images that would not run:`,
        '  spec.images: nothing that is installed names x/cni:mine or x/cni:1, of mine.tar',
        '  spec.images: nothing that is installed names x/node:mine, of mine.tar',
        '  spec.images: nothing that is installed names x/other',
        '  the images that it installs are quay.io/x/node:mine, x/cni:2',
      ].join('\n'),
    });
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

describe('the images of the local Docker that a cluster names', () => {
  const { PATH } = process.env;
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netproof-docker-'));
    // It has those whose tag is 1.
    const docker =
      '#!/bin/sh\nfor name; do :; done\ncase $name in *:1) echo "sha256:$name" ;; *) echo "No such image: $name" >&2; exit 1 ;; esac\n';
    await writeFile(join(folder, 'docker'), docker, { mode: 0o755 });
    process.env.PATH = `${folder}:${PATH}`;
  });
  after(async () => {
    process.env.PATH = PATH;
    await rm(folder, { recursive: true });
  });

  const cluster = (...images: string[]) =>
    ({ name: 'mine', folder, spec: { images, cni: { version: 'v1.0.0' } } }) as unknown as ClusterFolder;

  it('are refused where they are not there, all at once', async () => {
    await presentImages([cluster('a:1', 'no.tar'), cluster()]);
    await assert.rejects(presentImages([cluster('a:2', 'b:1'), cluster('c:2', 'a:2')]), {
      ...{ code: 'CLUSTER_FILE', exit: 2 },
      message:
        'the local Docker does not give a:2: No such image: a:2\nthe local Docker does not give c:2: No such image: c:2',
    });
  });

  it('are reported with the id that says which build was judged', async () => {
    assert.deepEqual(await ownImages(cluster('a:1')), [
      {
        ...{ name: 'a:1', version: 'v1.0.0', origin: 'present' },
        ...{ from: 'the local Docker, by the cluster mine', key: 'sha256:a:1' },
      },
    ]);
  });
});
