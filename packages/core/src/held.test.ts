import assert from 'node:assert/strict';
import { heldBy, heldIn, heldSince } from './held.ts';

const printed = `# device
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/loopback
7: veth3ab@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master cni0 state UP mode DEFAULT group default
# address
3: cni0    inet 10.1.0.1/24 brd 10.1.0.255 scope global cni0\\       valid_lft forever preferred_lft forever
# route
default via 172.18.0.1 dev eth0
10.1.0.0/24 dev cni0 proto kernel scope link src 10.1.0.1
10.1.0.7 dev cali1 scope link
10.1.2.7 via 172.18.0.3 dev eth0 proto 201
blackhole 10.1.64.0/26 proto 80
local 10.1.0.1 dev cni0 table local proto kernel scope host src 10.1.0.1
local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1
broadcast 10.1.0.255 dev cni0 table local proto kernel scope link src 10.1.0.1
# neighbour
10.1.1.0 dev flannel.1 lladdr 02:42:ac:12:00:03 PERMANENT
# reservation
/var/lib/cni/networks/bridge/10.1.0.7
/var/lib/cni/networks/bridge/last_reserved_ip.0
/var/lib/cni/networks/bridge/lock
`;

describe('what a node holds for pods', () => {
  it('is its devices, its addresses, and what is for one address alone', () => {
    assert.deepEqual(heldIn(printed), [
      'device lo',
      'device veth3ab',
      'address 10.1.0.1/24 of cni0',
      'route 10.1.0.7 dev cali1',
      'route 10.1.2.7 via 172.18.0.3 dev eth0',
      'route 10.1.0.1 dev cni0',
      'neighbour 10.1.1.0 dev flannel.1',
      'reservation bridge/10.1.0.7',
    ]);
  });

  it('is asked of every node at once, and what has come since is told with its node', async () => {
    const scripts: string[] = [];
    const nodes = {
      list: ['a', 'b'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: false })),
      async run(node: string, argv: readonly string[]) {
        scripts.push(`${node} ${argv.slice(0, 2).join(' ')}`);
        const stdout =
          node === 'b' && scripts.length > 2 ? printed : printed.replaceAll(/.*10\.1\.0\.7.*\n/g, '');
        return { stdout, stderr: '', exitCode: 0 };
      },
    };
    const before = await heldBy(nodes, []);
    assert.deepEqual(scripts, ['a sh -ec', 'b sh -ec']);
    assert.deepEqual(heldSince(before, await heldBy(nodes, [])), [
      'b: route 10.1.0.7 dev cali1',
      'b: reservation bridge/10.1.0.7',
    ]);
  });

  it("is in Calico's blocks, too, which the control plane is asked for", async () => {
    const nodes = {
      list: ['a', 'b'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: name === 'a' })),
      async run(node: string, [program]: readonly string[]) {
        // Later than a refusal to ask for blocks.
        await new Promise(setImmediate);
        const stdout = program === 'kubectl' && node === 'a' ? 'b netproof-new/p3 10.1.64.0/26\n' : '';
        return { stdout, stderr: '', exitCode: 0 };
      },
    };
    const held = await heldBy(nodes, ['pods/calico-ipam']);
    assert.deepEqual(
      [...held],
      [
        ['a', []],
        ['b', ['reservation for netproof-new/p3 in 10.1.64.0/26']],
      ],
    );
    const [a, b] = nodes.list;
    assert(a && b);
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', hear);
    await assert.rejects(heldBy({ ...nodes, list: [b] }, ['pods/calico-ipam']), /no control plane/);
    process.off('unhandledRejection', hear);
    assert.deepEqual(unheard, []);
  });
});
