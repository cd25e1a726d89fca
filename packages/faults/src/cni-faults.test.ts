import assert from 'node:assert/strict';
import { readConfigurations } from '@netproof/cni';
import type { Endpoint, FaultContext } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import outsideRange from './address-outside-range.ts';
import invalid from './cni-config-invalid.ts';
import overlap from './cni-range-overlap.ts';
import { leftFaults } from './marks.ts';
import large from './mtu-above-link.ts';
import stale from './stale-route.ts';

const list = ['a', 'b'].map((name, at) => ({
  name,
  ip: '',
  podCIDR: `10.1.${at}.0/24`,
  controlPlane: false,
}));
const endpoints = list.flatMap(({ name: node }, at): Endpoint[] =>
  ['x', 'y'].map((space, of) => ({
    kind: 'pod',
    id: `${space}/${node}`,
    node,
    ip: `10.1.${at}.${of + 2}`,
    labels: {},
  })),
);
const conflist = '/etc/cni/net.d/10-bridge.conflist';
const flannelEnv = '/run/flannel/subnet.env';
const mtuLine = (mtu: string) => `2: eth0@if7: <UP> mtu ${mtu} qdisc noqueue`;

/** Nodes with files, mounts, a device and the MTU of one pod. What refuses fails. */
function fakeNodes(files: (podCIDR: string) => Record<string, string>, refuses?: string) {
  const state = new Map(
    list.map(({ name, podCIDR }) => [
      name,
      {
        files: new Map(Object.entries(files(podCIDR))),
        covers: new Map<string, string>(),
        device: '',
        mtu: '1500',
      },
    ]),
  );
  const said: string[] = [];
  const nodes = nodesThatRun(list, (node, argv) => {
    if (/^(touch|rm)$/.test(argv[0] ?? '')) said.push(`${node}: ${argv.join(' ')}`);
    const { files, covers, ...it } = state.get(node) ?? assert.fail(node);
    const text = argv.join(' ');
    if (refuses !== undefined && text.includes(refuses)) throw new Error('no');
    const read = (path: string) => covers.get(path) ?? files.get(path) ?? '';
    if (argv[0] === 'mount') covers.set(argv[3] ?? '', read(argv[2] ?? ''));
    if (argv[0] === 'umount') assert(covers.delete(argv.at(-1) ?? ''), 'nothing is mounted there');
    if (argv[0] === 'rm') files.delete(argv.at(-1) ?? '');
    if (text.startsWith('sh -c printf')) files.set(argv.at(-1) ?? '', argv.at(-2) ?? '');
    if (text === 'cat /proc/self/mountinfo')
      return [...covers.keys()].map((path) => `9 8 0:2 /netproof-fault/x ${path} rw - tmpfs`).join('\n');
    if (argv[0] === 'cat') return read(argv[1] ?? '');
    if (text.includes('cat "')) return read(conflist);
    if (text.includes('net.d')) return '10-bridge.conflist\n';
    if (text.includes('/opt/cni/bin')) return 'bridge\nflannel\nportmap\n';
    if (text.includes(flannelEnv)) return read(flannelEnv);
    const set = (change: Partial<typeof it>) => state.set(node, { files, covers, ...it, ...change });
    if (text.includes('link add')) set({ device: argv[3] ?? '' });
    if (text.includes('link delete')) set({ device: '' });
    if (text.includes('link set eth0')) set({ mtu: argv.at(-1) ?? '' });
    if (/^ip -br(ief)? link/.test(text)) return it.device;
    if (text.startsWith('ip route get')) return `${argv[3]} dev ${it.device || 'eth0'} src 10.1.0.1`;
    if (text.includes('-json link show eth0'))
      return JSON.stringify([{ ifname: 'eth0', mtu: Number(it.mtu) }]);
    if (text === 'every netns: ip -oneline link') return `netns: cni-1\n${mtuLine(it.mtu)}`;
    if (text === 'every netns: ip -oneline address') {
      const own = endpoints.filter((one) => one.node === node);
      return own.map(({ ip }) => `netns: cni-${ip}\n2: eth0    inet ${ip}/24 scope global`).join('\n');
    }
    return '';
  });
  const context = { nodes, probes: { endpoints } } as unknown as FaultContext;
  return { nodes, context, said, at: (node: string) => state.get(node) ?? assert.fail(node) };
}

const bridgeFiles = (podCIDR: string) => ({
  [conflist]: JSON.stringify({
    cniVersion: '1.0.0',
    name: 'bridge',
    plugins: [
      { type: 'bridge', ipam: { type: 'host-local', ranges: [[{ subnet: podCIDR }]] } },
      { type: 'portmap' },
    ],
  }),
});
const flannelFiles = (podCIDR: string) => ({
  [conflist]: JSON.stringify({ name: 'cbr0', plugins: [{ type: 'flannel' }, { type: 'portmap' }] }),
  [flannelEnv]: `FLANNEL_SUBNET=${podCIDR.replace('.0/', '.1/')}\n`,
});

describe('a file laid over the configuration of a node', () => {
  it('names a plugin that is not there, is found, and is gone when it was taken out', async () => {
    const { nodes, context, at } = fakeNodes(bridgeFiles);
    const { effect, revert } = await invalid.apply(context);
    const [a, b] = await readConfigurations(nodes);
    assert.match(a?.text ?? '', /"type":"bridge".*"type":"netproof-fault"/);
    assert.doesNotMatch(b?.text ?? '', /netproof-fault/);
    assert.equal(await effect(), 0, 'there was no look before');
    assert.equal(await effect(), 1);
    assert.equal(await effect(), 2);
    await assert.rejects(leftFaults(nodes, ['a']), /a: a file over \/etc\/cni\/net\.d\/10-bridge\.conflist/);
    await revert();
    assert.equal(at('a').covers.size, 0);
    assert.equal(await effect(), 2, 'it was not there any more');
    await revert();
  });

  it('has the range of another node, of which nothing else is changed', async () => {
    const { nodes, context } = fakeNodes(bridgeFiles);
    const { effect, revert } = await overlap.apply(context);
    const [a, b] = await readConfigurations(nodes);
    assert.equal(a?.text, b?.text);
    assert.match(a?.text ?? '', /10\.1\.1\.0\/24/);
    assert.deepEqual([await effect(), await effect()], [0, 1]);
    await revert();
    assert.match((await readConfigurations(nodes))[0]?.text ?? '', /10\.1\.0\.0\/24/);
  });

  it('is that of Flannel’s daemon where that has the range', async () => {
    const { nodes, context, at } = fakeNodes(flannelFiles);
    const { revert } = await overlap.apply(context);
    assert.deepEqual([...at('a').covers], [[flannelEnv, 'FLANNEL_SUBNET=10.1.1.1/24\n']]);
    await revert();
    await leftFaults(nodes, ['a', 'b']);
  });

  it('gives addresses of nobody, read at once, and counts the new pods that have one', async () => {
    const { nodes, context, at, said } = fakeNodes(bridgeFiles);
    let came: ((pod: Endpoint) => Promise<void>) | undefined;
    const lifecycle = {
      on(_: string, act: typeof came) {
        came = act;
        return { stop: () => (came = undefined) };
      },
    };
    const { effect, found, revert } = await outsideRange.apply({
      ...context,
      lifecycle,
    } as unknown as FaultContext);
    const [a] = await readConfigurations(nodes);
    assert.match(a?.text ?? '', /"name":"bridge","plugins":\[\{"type":"ptp".*"192\.0\.2\.0\/24"/);
    assert.deepEqual(
      said.slice(-2),
      ['a: touch', 'a: rm'].map((act) => `${act} /etc/cni/net.d/.netproof-fault`),
    );
    assert.equal(await effect(), 0);
    for (const ip of ['10.1.1.9', '192.0.2.2'])
      await came?.({ kind: 'pod', id: `new/${ip}`, node: 'a', ip, labels: {} });
    assert.deepEqual([await effect(), await found?.(), await found?.()], [1, 0, 1]);
    await revert();
    assert.equal(came, undefined);
    assert.equal(at('a').covers.size, 0);
  });

  it('is taken out where it cannot be mounted', async () => {
    const { context, at } = fakeNodes(bridgeFiles, 'mount --bind');
    await assert.rejects(invalid.apply(context), /no/);
    assert.equal(at('a').covers.size, 0);
  });

  it('needs something to lie over', async () => {
    const { context } = fakeNodes(() => ({ [conflist]: '{"plugins": [{"type": "cilium-cni"}]}' }));
    await assert.rejects(overlap.apply(context), /no ranges on a or b/);
  });
});

describe('a stale route', () => {
  it('is to the last address of the podCIDR, is found, and is gone when it was taken out', async () => {
    const { nodes, context } = fakeNodes(bridgeFiles);
    const { effect, revert } = await stale.apply(context);
    assert.deepEqual([await effect(), await effect()], [0, 1]);
    await assert.rejects(leftFaults(nodes, ['a']), /a: the device netproof-void/);
    await revert();
    assert.equal(await effect(), 1);
    await revert();
  });
});

describe('an MTU above that of the link', () => {
  it('is at the last pod of a node, is found, and is what it was when it was taken out', async () => {
    const { nodes, context, at } = fakeNodes(bridgeFiles);
    const { effect, revert } = await large.apply(context);
    assert.equal(at('a').mtu, '8997');
    assert.deepEqual([await effect(), await effect()], [0, 1]);
    await assert.rejects(leftFaults(nodes, ['a']), /a: an MTU of 8997 in a pod/);
    await revert();
    assert.equal(at('a').mtu, '1500');
    assert.equal(await effect(), 1);
    await revert();
  });

  it('is taken out where it was refused', async () => {
    const { context, at } = fakeNodes(bridgeFiles, 'mtu 8997');
    await assert.rejects(large.apply(context), /no/);
    assert.equal(at('a').mtu, '1500');
  });
});
