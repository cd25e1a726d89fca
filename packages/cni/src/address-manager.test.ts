import assert from 'node:assert/strict';
import { addressManagerOf } from './address-manager.ts';

const managerOf = (plugins: readonly object[]) =>
  addressManagerOf({
    ...{ node: 'a', file: '10-one.conflist', programs: [], flannel: '' },
    text: JSON.stringify({ cniVersion: '1.0.0', name: 'one', plugins }),
  });

describe('the program that gives pods their addresses', () => {
  it('is the one that a plugin names', () => {
    const plugins = [{ type: 'calico', ipam: { type: 'calico-ipam' } }, { type: 'portmap' }];
    assert.equal(managerOf(plugins), '/opt/cni/bin/calico-ipam');
  });

  it("is host-local for Flannel's plugin, which names none", () => {
    assert.equal(managerOf([{ type: 'flannel' }]), '/opt/cni/bin/host-local');
  });

  it('is none where the plugin does it itself', () => {
    assert.equal(managerOf([{ type: 'cilium-cni', ipam: {} }]), undefined);
  });
});
