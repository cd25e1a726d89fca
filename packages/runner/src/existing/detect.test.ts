import assert from 'node:assert/strict';
import type { Manifest } from '@netproof/kube';
import { cniOf, familiesOf, isToEnforce, proxyOf, tagOf } from './detect.ts';

const daemonSet = (name: string, image: string, namespace = 'kube-system'): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace },
  spec: { template: { spec: { containers: [{ image }] } } },
});

describe('detection', () => {
  it('knows a CNI by its DaemonSet, and its version by the tag of the image', () => {
    for (const [name, image, cni, version] of [
      ['calico-node', 'quay.io/calico/node:v3.31.0', 'calico', 'v3.31.0'],
      ['cilium', 'quay.io/cilium/cilium:v1.19.4@sha256:abc', 'cilium', 'v1.19.4'],
      ['kube-flannel-ds', 'ghcr.io/flannel-io/flannel:v0.28.4', 'flannel', 'v0.28.4'],
      ['kindnet', 'docker.io/kindest/kindnetd:v20250512-df8de77b', 'kindnet', 'v20250512-df8de77b'],
      ['bridge-cni', 'ghcr.io/netproof/bridge-cni:v1.9.1', 'bridge', 'v1.9.1'],
    ] as const) {
      const from = `DaemonSet kube-system/${name}`;
      const others = [daemonSet('kube-proxy', 'x:v1'), daemonSet('fluentd', 'y:v2', 'logs')];
      assert.deepEqual(cniOf([...others, daemonSet(name, image)]), { name: cni, version, from });
    }
  });

  it('names all of several, and none that it does not know', () => {
    const two = [daemonSet('aws-node', 'cni:v1.20'), daemonSet('calico-node', 'node:v3', 'calico-system')];
    assert.equal(cniOf(two).name, 'aws-vpc-cni + calico');
    assert.equal(isToEnforce(cniOf(two)), true);
    assert.equal(isToEnforce(cniOf([daemonSet('kube-flannel-ds', 'flannel:v1')])), false);
    assert.equal(cniOf(two).version, 'v1.20 + v3');
    assert.deepEqual(cniOf([daemonSet('my-own', 'x:v1')]).name, 'unknown');
  });

  it('does not take the port of a registry or a digest for a version', () => {
    assert.equal(tagOf('localhost:5001/cni/node'), 'unknown');
    assert.equal(tagOf('cni/node@sha256:abc'), 'unknown');
    assert.equal(tagOf('localhost:5001/cni/node:v1'), 'v1');
  });

  it('reads the mode of kube-proxy and the addresses of pods, and says where it cannot', () => {
    const text = 'kind: KubeProxyConfiguration\nmode: nftables\nclusterCIDR: 10.1.0.0/16\n';
    const from = 'ConfigMap kube-system/kube-proxy';
    assert.deepEqual(proxyOf(text), { mode: 'nftables', podSubnet: '10.1.0.0/16', from });
    assert.deepEqual(proxyOf('mode: ""\nclusterCIDR: ""\n'), { mode: 'iptables', from });
    assert.equal(proxyOf('mode: [').mode, 'unknown');
  });

  it('tells families of addresses', () => {
    assert.equal(familiesOf(['10.1.0.2', 'fd00::2', '10.1.0.3']), 'IPv4 and IPv6');
    assert.equal(familiesOf(['']), 'unknown');
  });
});
