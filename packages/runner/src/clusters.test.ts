import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Images } from '@netproof/images';
import { selectClusters } from './clusters.ts';
import type { Journal } from './journal.ts';
import { likeIt } from './kind-provider.ts';
import { provision } from './provision.ts';
import { owners } from './registry.ts';
import { newRunFolder } from './run-folder.ts';

const clusters = join(import.meta.dirname, '../../../clusters');

describe('the clusters of a folder, and one outside of it', () => {
  let folder: string;
  let own: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "netproof's clusters-"));
    own = await copy('own', {});
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Copies bridge, with other words in its file. */
  async function copy(name: string, words: Readonly<Record<string, string>>): Promise<string> {
    let text = await readFile(join(clusters, 'bridge/cluster.yaml'), 'utf8');
    for (const [from, to] of Object.entries(words)) text = text.replace(from, to);
    const path = join(folder, name);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'cluster.yaml'), text);
    return path;
  }
  const select = async (...wanted: readonly string[]) =>
    (await selectClusters(clusters, { clusters: wanted, cnis: [] })).map(({ named }) => named);

  it('are named so that they are found again from everywhere', async () => {
    assert.deepEqual(await select('bridge', join(clusters, 'bridge')), ['bridge']);
    assert.deepEqual(await select(relative('.', own)), [own]);
    assert.deepEqual(await select(...(await select(relative('.', own)))), [own]);
    const [found] = await selectClusters(clusters, { clusters: [own], cnis: [] });
    assert(found);
    assert.equal(likeIt(found), `--cluster '${own.replace("'", "'\\''")}'`);
    assert.equal(likeIt({ named: 'bridge' }), '--cluster bridge');
  });

  it('are refused where two of one run have one name', async () => {
    await assert.rejects(select('bridge', own), {
      code: 'CLUSTER_FILE',
      exit: 2,
      message: `2 clusters are named bridge: ${join(clusters, 'bridge')}, ${own}`,
    });
  });

  it('are refused where a copy kept what only one may be', async () => {
    const all = join(folder, 'all');
    await copy('all/a', {});
    await copy('all/b', { 'name: bridge\n': 'name: b\n' });
    await copy('all/c', { 'default: true': 'default: false' });
    await assert.rejects(selectClusters(all, { cnis: ['bridge'] }), {
      code: 'CLUSTER_FILE',
      message: `2 clusters are named bridge: ${all}/a, ${all}/c\n2 clusters are the default of bridge: ${all}/a, ${all}/b`,
    });
  });

  it('are read with their kind.yaml', async () => {
    await writeFile(join(own, 'kind.yaml'), 'networking:\n  podSubnet: 10.9.0.0/16\n');
    const message = new RegExp(
      `cluster.yaml:14: spec.podSubnet: 10.1.0.0/16, but ${join(own, 'kind.yaml')}:2: `,
    );
    await assert.rejects(select(own), { code: 'CLUSTER_FILE', message });
    await writeFile(join(own, 'kind.yaml'), 'networking: [\n');
    await assert.rejects(select(own), { message: /kind\.yaml is no YAML:\n.*kind\.yaml:2: / });
  });

  it('have their names in the file of who owns one that is kept', async () => {
    const { PATH, XDG_CACHE_HOME } = process.env;
    // A docker that does not answer, so that what was begun stays known; and what is refused before a cluster is made.
    await writeFile(join(folder, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    Object.assign(process.env, { PATH: `${folder}:${PATH}`, XDG_CACHE_HOME: folder });
    try {
      await writeFile(join(own, 'cni.yaml'), await readFile(join(clusters, 'bridge/cni.yaml')));
      for (const [wanted, images, refusal] of [
        ['bridge-nftables', [], /cni\.yaml cannot be read/],
        // And no image of its own that would not run.
        [
          relative('.', own),
          ['x/mine:1'],
          /^.*cluster\.yaml brings images that would not run:\n.* x\/mine:1\n/,
        ],
      ] as const) {
        const [cluster] = await selectClusters(clusters, { clusters: [wanted], cnis: [] });
        assert(cluster);
        const lines: string[] = [];
        const made = provision({
          cluster: { ...cluster, folder: own, spec: { ...cluster.spec, images: [...images] } },
          kindName: `netproof-${cluster.name}-1`,
          images: {} as Images,
          folder: await newRunFolder(folder),
          journal: {} as Journal,
          ui: { line: (text) => lines.push(text), step: (_, work) => work(() => {}) },
          signal: new AbortController().signal,
        });
        await assert.rejects(made, { code: 'CLUSTER_FILE', message: refusal });
        assert.match(lines.join(), /not all could be removed/);
      }
      const owned = (await owners()).map(({ cluster }) => cluster);
      assert.deepEqual(owned.toSorted(), [own, 'bridge-nftables'].toSorted());
    } finally {
      process.env.PATH = PATH;
      if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
    }
  });
});
