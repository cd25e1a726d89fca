import assert from 'node:assert/strict';
import type { Endpoint } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import { pathProblem, readPaths } from './mtu.ts';

const pod = (node: string, ip: string): Endpoint => ({ kind: 'pod', id: ip, node, ip, labels: {} });
const pods = [pod('a', '10.1.0.5'), pod('b', '10.1.1.5'), pod('b', '10.1.1.6')];
const list = ['a', 'b'].map((name, at) => ({
  ...{ name, ip: `172.18.0.${at + 2}`, podCIDR: '', controlPlane: false },
}));
const at = (ip: string) => [
  { family: 'inet', local: ip, prefixlen: 24 },
  { family: 'inet6', local: 'fe80::1' },
];
const lo = { ifname: 'lo', mtu: 65_536, addr_info: at('127.0.0.1') };
const routed = (mtu: number | undefined) => (mtu === undefined ? {} : { metrics: [{ mtu }] });

interface Sizes {
  readonly pod: number;
  readonly podRoute?: number;
  readonly link: number;
  readonly linkRoute?: number;
  /** What the device that leads to the peer is. */
  readonly kind?: string;
  /** Of the route to the node of the peer, by a device of 1,500. */
  readonly underRoute?: number;
  /** The cluster says so. */
  readonly vxlan?: boolean;
}

/** The paths from the pod of a, whose node has these sizes; a pod without routes is there as well. */
async function pathsFromA({ pod, podRoute, link, linkRoute, kind, underRoute, vxlan }: Sizes) {
  const nodes = nodesThatRun(list, (node, argv) => {
    const text = argv.join(' ');
    if (text === 'ip -json -details link show') {
      const tunnel = { ifname: 'tunnel', mtu: link, linkinfo: { info_kind: kind } };
      return JSON.stringify([lo, { ifname: 'eth0', mtu: 1500, linkinfo: { info_kind: 'veth' } }, tunnel]);
    }
    if (argv[0] === 'sh') {
      assert.deepEqual(argv.slice(4), node === 'a' ? ['10.1.1.5', '172.18.0.3'] : ['10.1.0.5', '172.18.0.2']);
      const [toPod, toNode] = [
        { dst: '10.1.1.0/24', dev: 'tunnel', ...routed(linkRoute) },
        { dst: '172.18.0.0/16', dev: 'eth0', ...routed(underRoute) },
      ];
      return `to: ${argv[4]}\n${JSON.stringify([toPod])}\nto: ${argv[5]}\n${JSON.stringify([toNode])}\n`;
    }
    const links = [lo, { ifname: 'eth0', mtu: pod, addr_info: at('10.1.0.5') }];
    const routes = [
      { dst: 'default', gateway: '10.1.0.1', dev: 'eth0', ...routed(podRoute) },
      { dst: '10.1.0.0/24', dev: 'lo' },
      { dst: '10.1.1.6', dev: 'lo' },
    ];
    const [pods, starting] = text.includes('address') ? [links, [lo]] : [routes, []];
    return `netns: cni-1\n${JSON.stringify(pods)}\n\nnetns: cni-2\n${JSON.stringify(starting)}\n`;
  });
  return (await readPaths(nodes, pods, vxlan)).filter(({ node }) => node === 'a');
}
async function problem(sizes: Sizes) {
  const [path, ...more] = await pathsFromA(sizes);
  assert(path && more.length === 0);
  return pathProblem(path);
}

describe('the size of what pods send', () => {
  it('is read at the pod and at the device that leads to the peer', async () => {
    assert.deepEqual(await pathsFromA({ pod: 1500, podRoute: 1450, link: 1480 }), [
      {
        node: 'a',
        ip: '10.1.0.5',
        peer: '10.1.1.5',
        own: { device: 'eth0', mtu: 1500, allowed: 1450 },
        link: { device: 'tunnel', mtu: 1480, allowed: 1480 },
      },
    ]);
  });

  it('is in order up to that of the device', async () => {
    assert.equal(await problem({ pod: 1450, link: 1450 }), undefined);
    assert.equal(await problem({ pod: 1400, link: 1500 }), undefined);
    // Cilium's tunnel: the routes say what the devices do not.
    assert.equal(await problem({ pod: 1500, podRoute: 1450, link: 1500, linkRoute: 1450 }), undefined);
  });

  it('must not be above that of the device', async () => {
    assert.equal(
      await problem({ pod: 1500, link: 1450 }),
      'eth0 of 10.1.0.5 has an MTU of 1500, tunnel, which leads to 10.1.1.5, one of 1450',
    );
    assert.match((await problem({ pod: 1451, podRoute: 1450, link: 1450 })) ?? '', /MTU of 1451/);
  });

  it('must not be above that of the route', async () => {
    assert.equal(
      await problem({ pod: 1500, link: 1500, linkRoute: 1450 }),
      'eth0 of 10.1.0.5 sends up to 1500 bytes, the route by tunnel to 10.1.1.5 takes 1450',
    );
  });

  it('must leave room for what carries it', async () => {
    for (const kind of ['vxlan', 'geneve']) {
      assert.equal(await problem({ pod: 1450, link: 1450, kind }), undefined);
      assert.equal(
        await problem({ pod: 1500, link: 1500, kind }),
        `eth0 of 10.1.0.5 sends up to 1500 bytes, with ${kind} 1550, the way by eth0 to the node of 10.1.1.5 takes 1500`,
      );
    }
    assert.equal(await problem({ pod: 1480, link: 1480, kind: 'ipip' }), undefined);
    assert.match((await problem({ pod: 1481, link: 1481, kind: 'ipip' })) ?? '', /with ipip 1501/);
    assert.match(
      (await problem({ pod: 1450, link: 1450, kind: 'vxlan', underRoute: 1400 })) ?? '',
      /with vxlan 1500, the way by eth0 to the node of 10\.1\.1\.5 takes 1400/,
    );
  });

  it('must leave room for VXLAN that no device shows, where the cluster says so', async () => {
    const cilium = { pod: 1500, podRoute: 1450, link: 1500, linkRoute: 1450, kind: 'veth', vxlan: true };
    assert.equal(await problem(cilium), undefined);
    const forgotten = { pod: 1500, link: 1500, kind: 'veth' };
    assert.match((await problem({ ...forgotten, vxlan: true })) ?? '', /with vxlan 1550/);
    assert.equal(await problem(forgotten), undefined);
  });
});
