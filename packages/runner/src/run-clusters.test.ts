import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEvent, NewEvent, Provenance } from '@netproof/core';
import type { Images } from '@netproof/images';
import type { ClusterFolder } from './clusters.ts';
import { earlierOf } from './earlier.ts';
import { Journal } from './journal.ts';
import { type Ended, type RunClustersOptions, runClusters } from './run-clusters.ts';
import { clusterFolder, newRunFolder, type RunFolder } from './run-folder.ts';
import { checkThat } from './testing.ts';

/*
 * A run on several clusters that goes on. Clusters that would be made are not applicable here, so that none is;
 * what happens on one that is made is the same as in a new run.
 */

const provenance: Provenance[] = [
  { name: 'kind', version: 'v1', origin: 'built', from: 'source', key: 'k1' },
];
const ids = ['a/one', 'b/one'];

const cluster = (name: string): ClusterFolder => ({
  name,
  folder: `/clusters/${name}`,
  named: name,
  spec: {
    default: true,
    cni: { name, version: 'v1.0.0', mode: 'x' },
    kubernetes: 'v1.36.3',
    kubeProxy: 'iptables',
    podSubnet: '10.1.0.0/16',
    claims: ['PodNetwork'],
    install: [{ manifest: 'cni.yaml', patches: [] }],
    ready: ['daemonset/a/b'],
    kernel: [],
    images: [],
    divergences: [],
  },
});

describe('a run on several clusters that is resumed', () => {
  let folder: RunFolder;
  const clusters = ['bridge', 'flannel', 'calico', 'cilium'].map(cluster);

  beforeEach(async () => {
    folder = await newRunFolder(await mkdtemp(join(tmpdir(), 'netproof-clusters-')));
  });
  afterEach(() => rm(join(folder.path, '..'), { recursive: true }));

  const journalOf = (name: string) => clusterFolder(folder, name, clusters.length).journal;
  const read = async (name: string): Promise<readonly JournalEvent[]> => {
    const file = journalOf(name);
    if (!existsSync(file)) return [];
    const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as JournalEvent);
  };
  const kinds = async (name: string) => (await read(name)).map(({ event }) => event);

  async function before(name: string, results: Record<string, string>, exit?: number): Promise<void> {
    await mkdir(join(folder.path, name));
    const journal = new Journal(journalOf(name));
    const events: unknown[] = [
      { event: 'run-started', run: folder.id, mode: 'run', provenance },
      { event: 'cell-started', cluster: name, checks: ids.map((id) => ({ id })) },
      ...Object.entries(results).map(([check, result]) => ({ event: 'check-finished', check, result })),
      ...(exit === undefined ? [] : [{ event: 'run-finished', exit }]),
    ];
    for (const event of events) journal.write(event as NewEvent);
  }

  /** Where no cluster is made. */
  const none = () => assert.fail('images were asked for');

  async function goOn(
    images: RunClustersOptions['images'],
    change: Partial<RunClustersOptions> = {},
  ): Promise<readonly Ended[]> {
    const earlier = new Map<ClusterFolder, ReturnType<typeof earlierOf>>();
    for (const one of clusters) earlier.set(one, earlierOf(await read(one.name), ids));
    const options: RunClustersOptions = {
      mode: 'run',
      faults: [],
      everyCell: true,
      coverage: 'all',
      clusters,
      checks: () => ids.map((id) => checkThat(async () => {}, { id })),
      earlier: (one) => earlier.get(one),
      images,
      lacks: ({ name }) => [`no kernel for ${name}`],
      jobs: 1,
      suites: '/suites',
      keep: false,
      bail: false,
      shard: undefined,
      folder,
      netproof: '0',
      argv: [],
      docker: '0',
      ui: { line: () => {}, step: (_, work) => work(() => {}) },
      signal: new AbortController().signal,
      onEnd: async () => {},
      ...change,
    };
    return runClusters(options);
  }

  it('prepares images for no cluster but those that are made', async () => {
    await before('bridge', { 'a/one': 'pass', 'b/one': 'pass' }, 0);
    await before('flannel', { 'a/one': 'pass', 'b/one': 'pass' });
    const enough = new Error('enough is known');
    const asked: string[] = [];
    const images = async (made: readonly ClusterFolder[]) => {
      asked.push(...made.map(({ name }) => name));
      throw enough;
    };
    const lacks = ({ name }: ClusterFolder) => (name === 'calico' ? ['no kernel for it'] : []);
    await assert.rejects(goOn(images, { lacks }), enough);
    assert.deepEqual(asked, ['cilium']);
  });

  it('makes no cluster again that is done, closes what only lacks its end, and begins the others', async () => {
    await before('bridge', { 'a/one': 'pass', 'b/one': 'fail' }, 1);
    await before('flannel', { 'a/one': 'pass', 'b/one': 'pass' }, 130);
    await before('calico', { 'a/one': 'inconclusive' });
    // What a writer leaves that was killed in the middle of a line.
    await writeFile(journalOf('calico'), `${await readFile(journalOf('calico'), 'utf8')}{"t":"20`);
    const wholeCalico = await readFile(journalOf('calico'), 'utf8').then(
      (text) => text.split('\n').length - 1,
    );
    const bridge = await readFile(journalOf('bridge'), 'utf8');

    const ended = await goOn(none);

    assert.deepEqual(
      ended.map(({ cluster: { name }, exit, lacks, failure }) => ({ name, exit, lacks, failure })),
      [
        { name: 'bridge', exit: 1, lacks: [], failure: undefined },
        { name: 'flannel', exit: 0, lacks: [], failure: undefined },
        { name: 'calico', exit: 0, lacks: ['no kernel for calico'], failure: undefined },
        { name: 'cilium', exit: 0, lacks: ['no kernel for cilium'], failure: undefined },
      ],
    );
    assert.equal(await readFile(journalOf('bridge'), 'utf8'), bridge);
    assert.deepEqual((await kinds('flannel')).slice(-3), ['run-resumed', 'cell-finished', 'run-finished']);
    assert.deepEqual((await kinds('calico')).slice(wholeCalico), [
      'run-resumed',
      'cell-not-applicable',
      'run-finished',
    ]);
    assert.deepEqual(await kinds('cilium'), ['run-started', 'cell-not-applicable', 'run-finished']);
  });

  it('begins no further cluster after one on which a check failed, where it is told to', async () => {
    await before('bridge', { 'a/one': 'pass', 'b/one': 'pass' }, 0);
    await before('flannel', { 'a/one': 'pass', 'b/one': 'fail' }, 130);
    const ended = await goOn(none, { bail: true });
    assert.deepEqual(
      ended.map(({ cluster: { name }, exit }) => [name, exit]),
      [
        ['bridge', 0],
        ['flannel', 1],
      ],
    );
    assert.deepEqual(await kinds('calico'), []);
  });

  it('ends before anything is made where the images of others have changed', async () => {
    await before('bridge', { 'a/one': 'pass', 'b/one': 'pass' }, 0);
    const changed = provenance.map((one) => ({ ...one, key: 'k2' }));
    await assert.rejects(
      goOn(async () => () => ({ provenance: changed }) as unknown as Images, { lacks: () => [] }),
      { code: 'IMAGES_CHANGED', exit: 2 },
    );
    assert.deepEqual(await kinds('flannel'), []);
  });

  for (const jobs of [1, 2]) {
    it(`has all clusters end before an error that is of one of them is thrown, ${jobs} side by side`, async () => {
      const told: string[] = [];
      const lines: string[] = [];
      const run = goOn(none, {
        jobs,
        ui: { line: (text) => lines.push(text), step: (_, work) => work(() => {}) },
        onEnd: async ({ cluster: { name } }) => {
          told.push(name);
          if (name !== 'calico') throw new Error(`no space for the report of ${name}`);
        },
      });
      const thrown = await run.then(
        () => assert.fail('nothing was thrown'),
        ({ message }: Error) => message,
      );
      assert.deepEqual(told.toSorted(), ['bridge', 'calico', 'cilium', 'flannel']);
      for (const { name } of clusters) assert.equal((await kinds(name)).at(-1), 'run-finished');
      const others = lines.filter((line) => line.startsWith('!')).map((line) => line.replace(/^! \w+: /, ''));
      assert.deepEqual(
        [thrown, ...others].toSorted(),
        ['bridge', 'cilium', 'flannel'].map((name) => `no space for the report of ${name}`),
      );
    });
  }

  it('begins the other clusters where the folder of one cannot be made', async () => {
    await writeFile(join(folder.path, 'bridge'), '');
    await assert.rejects(goOn(none), { code: 'EEXIST' });
    assert.equal((await kinds('cilium')).at(-1), 'run-finished');
  });
});
