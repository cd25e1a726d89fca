import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from '@netproof/setup/folders';
import { newestGo } from './machine.ts';
import { goFolder } from './recipes/go.ts';
import { versions } from './versions.ts';

/** The version that a component's go.mod requires of a module. */
async function required(component: string, module: string): Promise<string | undefined> {
  const text = await readFile(join(goFolder(component), 'go.mod'), 'utf8');
  const line = text.split('\n').find((one) => one.replace(/^\s*(require\s+)?/, '').startsWith(`${module} `));
  return line?.replace(/^\s*(require\s+)?/, '').split(' ')[1];
}

describe('versions', () => {
  const pins = [
    ['kubernetes', 'k8s.io/kubernetes', versions.kubernetes],
    ['kind', 'sigs.k8s.io/kind', versions.kind],
    ['containerd', 'github.com/containerd/containerd/v2', versions.containerd],
    ['cri-tools', 'sigs.k8s.io/cri-tools', versions.criTools],
    ['etcd', 'go.etcd.io/etcd/server/v3', versions.etcd],
    ['coredns', 'github.com/coredns/coredns', versions.coredns],
    ['cni-plugins', 'github.com/containernetworking/plugins', versions.cniPlugins],
    ['flannel', 'github.com/flannel-io/flannel', versions.flannel],
    ['flannel-cni-plugin', 'github.com/containernetworking/plugins', versions.flannelCniPlugin],
    ['cilium', 'github.com/cilium/cilium', versions.cilium],
    ['helm', 'helm.sh/helm/v3', versions.helm],
    ['k6', 'go.k6.io/k6', versions.k6],
    ['calico', 'github.com/projectcalico/calico', versions.calicoModule],
  ] as const;

  it('has a pin for each module that is built', async () => {
    const modules = await readdir(dirname(goFolder('kind')));
    const pinned = new Set<string>(pins.map(([component]) => component));
    const bare = modules.filter((one) => !pinned.has(one));
    assert.deepEqual(bare, [], `add ${bare.join(', ')} to versions.ts, and to the pins of versions.test.ts`);
  });

  it('knows which module asks for the newest Go', async () => {
    const modules = await readdir(dirname(goFolder('kind')));
    const asked = await Promise.all(
      modules.map(async (module) => {
        const text = await readFile(join(goFolder(module), 'go.mod'), 'utf8');
        const [, minor = 0, patch = 0] = /^go 1\.(\d+)(?:\.(\d+))?$/m.exec(text)?.map(Number) ?? [];
        return { module, go: minor * 1_000 + patch };
      }),
    );
    const most = Math.max(...asked.map(({ go }) => go));
    const newest = asked.filter(({ go }) => go === most).map(({ module }) => module);
    const why = `${newest} asks for a newer Go: name it in packages/images/src/machine.ts (newestGo) and in .github/actions/conformance/action.yml (go-version-file)`;
    assert.ok(newest.includes(newestGo), why);
    const action = await readFile(join(root, '.github/actions/conformance/action.yml'), 'utf8');
    assert.ok(action.includes(`/packages/images/go/${newestGo}/go.mod\n`), why);
  });

  for (const [component, module, version] of pins) {
    it(`${component}/go.mod requires ${module} ${version}`, async () => {
      assert.equal(await required(component, module), version);
    });
  }

  it('every staging module of Kubernetes has the same minor and patch', async () => {
    const text = await readFile(join(goFolder('kubernetes'), 'go.mod'), 'utf8');
    const replaced = [...text.matchAll(/^\s*(?:replace )?(k8s\.io\/\S+) => \1 (\S+)$/gm)].map(([, , v]) => v);
    assert.ok(replaced.length > 30, `${replaced.length} replace lines`);
    assert.deepEqual([...new Set(replaced)], [versions.kubernetes.replace('v1.', 'v0.')]);
  });

  it('the tag of the etcd image is that of the etcd built', () => {
    assert.ok(`v${versions.etcdTag}`.startsWith(`${versions.etcd}-`));
  });
});
