import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Install } from './cluster-file.ts';
import { type ClusterFolder, loadClusters } from './clusters.ts';
import { wholeFolders } from './whole-folders.ts';

const here = join(import.meta.dirname, '../../../clusters');

describe('the folders of clusters that are to be made', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netproof-whole-'));
    await mkdir(join(folder, 'mine'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const cluster = (cni: string, install: readonly Partial<Install>[], images: readonly string[] = []) => {
    const whole = install.map((one) => ({ patches: [], ...one }));
    const spec = { cni: { name: cni }, install: whole, images };
    return { name: 'mine', folder: join(folder, 'mine'), spec } as unknown as ClusterFolder;
  };
  const write = (name: string, text: string) => writeFile(join(folder, 'mine', name), text);
  const at = (name: string) => join(folder, 'mine', name).replaceAll('.', '\\.');

  it('of this repository are whole', async () => wholeFolders(await loadClusters(here)));

  it('are refused before anything is made, with all that is wrong and its lines', async () => {
    await write('cni.yaml', 'kind: [\n');
    await write('p.yaml', '- why: x\n  kind: Pod\n name: x\n');
    await write('q.yaml', '- why: x\n  kind: Pod\n  name: x\n  patches: []\n');
    await write('values.yaml', 'a: {\n');
    const refused = wholeFolders([
      cluster(
        'bridge',
        [{ manifest: 'cni.yaml', patches: ['p.yaml', 'q.yaml'] }, { manifest: 'no.yaml' }],
        ['x.tar'],
      ),
      cluster('cilium', [
        { chart: 'install/kubernetes/cilium', values: ['values.yaml'], patches: ['p.yaml'] },
      ]),
    ]);
    const words = [
      `${at('x.tar')} cannot be used: .*No such file.*`,
      `${at('kind.yaml')} cannot be read: ENOENT.*`,
      `${at('cni.yaml')} is not a manifest: line 2: .*`,
      `${at('p.yaml')} is no YAML:\n  ${at('p.yaml')}:3: .*`,
      `the patches of ${at('q.yaml')} do not fit:\n  ${at('q.yaml')}:1: 0\\.patch: .*\n  ${at('q.yaml')}:4: 0\\.patches: no such field`,
      `${at('no.yaml')} cannot be read: ENOENT.*`,
      `${at('values.yaml')} is no YAML:\n  ${at('values.yaml')}:2: .*`,
    ];
    await assert.rejects(refused, { exit: 2, message: new RegExp(`^${words.join('\n')}$`) });
  });

  it('install of a CNI what is fetched of it, and are told what that is', async () => {
    await write('kind.yaml', '');
    await assert.rejects(
      wholeFolders([
        cluster('calico', [
          { upstream: 'manifests/calico-vxlan.yaml' },
          { upstream: 'manifests/calico.yaml' },
        ]),
      ]),
      {
        code: 'CLUSTER_FILE',
        exit: 2,
        message: `${join(folder, 'mine', 'cluster.yaml')} installs manifests/calico.yaml, which netproof does not fetch of calico; there are: manifests/calico-vxlan.yaml, node/filesystem`,
      },
    );
    for (const [cni, install] of [
      ['mine', { upstream: 'x.yaml' }],
      ['flannel', { chart: 'chart', namespace: 'x' }],
    ] as const) {
      await assert.rejects(wholeFolders([cluster(cni, [install])]), { code: 'NO_UPSTREAM', exit: 2 });
    }
  });
});
