import assert from 'node:assert/strict';
import type { FaultContext } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import releaseIgnored from './release-ignored.ts';

const list = ['a', 'b'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: false }));

/** Nodes with this plugin; what was done to them. */
function fakeNodes(plugin: object, refuses?: string) {
  const done: string[] = [];
  const nodes = nodesThatRun(list, (node, argv) => {
    const text = argv.join(' ');
    if (/^sh -ec/.test(text))
      done.push(`${node}: ${/umount|mount|ls/.exec(text)?.[0]} ${text.match(/sh (\/opt\S+)/)?.[1]}`);
    if (refuses !== undefined && text.includes(refuses)) throw new Error('no');
    if (text.includes('cat "')) return JSON.stringify({ name: 'one', plugins: [plugin] });
    if (text.includes('net.d')) return '10-one.conflist\n';
    if (text.includes('ls /var/lib')) return 'c1-eth0.env\nc1-eth0.in\nc2-eth0.env\n';
    return '';
  });
  return { context: { nodes } as unknown as FaultContext, done };
}

describe('release-ignored', () => {
  const plugin = { type: 'calico', ipam: { type: 'calico-ipam' } };

  it('lies over the program that gives addresses, and counts the pods of which that was told', async () => {
    const { context, done } = fakeNodes(plugin);
    const { effect, revert } = await releaseIgnored.apply(context);
    assert.equal(await effect(), 2);
    await revert();
    assert.deepEqual(
      done,
      ['mount', 'ls', 'umount'].map((what) => `a: ${what} /opt/cni/bin/calico-ipam`),
    );
  });

  it('is taken out where it was half put in', async () => {
    const { context, done } = fakeNodes(plugin, 'mount --bind');
    await assert.rejects(releaseIgnored.apply(context), /no/);
    assert.equal(done.at(-1), 'a: umount /opt/cni/bin/calico-ipam');
  });

  it('has nothing to lie over where the plugin gives addresses itself', async () => {
    await assert.rejects(releaseIgnored.apply(fakeNodes({ type: 'cilium-cni' }).context), {
      code: 'NO_IPAM',
    });
  });
});
