import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
