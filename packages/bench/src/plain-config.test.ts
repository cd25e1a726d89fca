import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadClusters } from '@netproof/runner';
import { plainConfig, plainInstall } from './plain-config.ts';

const clusters = join(import.meta.dirname, '../../../clusters');
const settings = (text: string) => text.replaceAll(/^ *#.*\n/gm, '');

describe('the plain configuration of a cluster', () => {
  for (const file of globSync('*/kind.yaml', { cwd: clusters })) {
    it(`of ${file} has all but what makes it ready sooner`, () => {
      const text = settings(readFileSync(join(clusters, file), 'utf8'));
      const plain = plainConfig(text);
      for (const sooner of ['leader-elect', 'kube-api-qps', 'ClusterConfiguration', 'crashLoopBackOff'])
        assert(!plain.includes(sooner), sooner);
      // All before it is needed, and the kubelet's patch too.
      const [before = ''] = text.split(/^kubeadmConfigPatches:/m);
      assert(plain.startsWith(before));
      const patches = plain.slice(before.length).trimEnd().split('\n');
      assert.deepEqual(patches, [
        'kubeadmConfigPatches:',
        '  - |',
        '    kind: KubeletConfiguration',
        '    apiVersion: kubelet.config.k8s.io/v1beta1',
        '    failCgroupV1: false',
      ]);
    });
  }

  it('is none where nothing would change', () => {
    assert.throws(() => plainConfig('kind: Cluster\n'), /no patch/);
  });
});

describe('the plain installation of a CNI', () => {
  it('has all patches but those that have it ready sooner', async () => {
    const all = await loadClusters(clusters);
    const patches = (of: typeof all) =>
      of.flatMap(({ spec }) => spec.install.flatMap((one) => one.patches.map((file) => basename(file))));
    const [before, after] = [patches(all), patches(all.map(plainInstall))];
    assert(before.includes('start.yaml'));
    assert.deepEqual(
      after,
      before.filter((file) => file !== 'start.yaml'),
    );
  });
});
