import assert from 'node:assert/strict';
import type { Endpoint } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import { readRoutes, routeProblems } from './routes.ts';

const nodeAt = (name: string, podCIDR: string) => ({ name, ip: '', podCIDR, controlPlane: false });
const pod = (node: string, ip: string): Endpoint => ({ kind: 'pod', id: ip, node, ip, labels: {} });
const pods = [pod('a', '10.1.0.5'), pod('b', '10.1.1.5'), pod('b', '10.1.1.6')];
const tables = [
  { dst: 'default', gateway: '172.18.0.1', dev: 'eth0' },
  { dst: '10.1.1.0/24', gateway: '172.18.0.4', dev: 'eth0' },
  { type: 'local', dst: '10.1.0.1', dev: 'cni0', table: 'local' },
];
const viaB = { dst: '10.1.1.0/24', gateway: '172.18.0.4', dev: 'eth0', protocol: '201', flags: [] };

/**
 * What is wrong with the way from a to b, where the kernel answers so; null is a refusal.
 *
 * @param more entries of the tables of a
 */
async function problems(
  answer: (address: string) => object | null,
  { podCIDR = '10.1.1.0/24', more = [] as readonly object[] } = {},
) {
  const list = [nodeAt('a', '10.1.0.0/24'), nodeAt('b', podCIDR)];
  const nodes = nodesThatRun(list, (_, argv) => {
    if (argv.join(' ') === 'ip -json route show table all') return JSON.stringify([...tables, ...more]);
    const ways = argv.slice(4).map((address) => {
      const way = answer(address);
      return `to: ${address}\n${way === null ? '' : `${JSON.stringify([way])}\n`}`;
    });
    return ways.join('');
  });
  const [fromA] = await readRoutes(nodes, pods);
  assert(fromA?.node === 'a' && fromA.peer.name === 'b');
  return routeProblems(fromA);
}
/** The way to b, with another one to some addresses. */
const butTo = (some: readonly string[], way: object | null) => (address: string) =>
  some.includes(address) ? way : viaB;

describe('the way to the podCIDR of another node', () => {
  it('is in order where it is one for all of it', async () => {
    assert.deepEqual(await problems(() => viaB), []);
    const device = { dst: '10.1.1.0/24', gateway: '10.1.0.93', dev: 'cilium_host', metrics: [{ mtu: 1450 }] };
    assert.deepEqual(await problems(() => device), []);
    assert.deepEqual(await problems(() => ({ ...viaB, dst: '10.1.0.0/16' })), []);
  });

  it('must be there, from its first address on and for every pod', async () => {
    for (const address of ['10.1.1.0', '10.1.1.5', '10.1.1.6']) {
      const told = await problems(butTo([address], null));
      assert(told.includes(`to ${address} of b there is no way`), told.join());
    }
  });

  const byDefault = { dst: 'default', gateway: '172.18.0.1', dev: 'eth0' };

  it('must not be the default route', async () => {
    assert.deepEqual(await problems(butTo(['10.1.1.6'], byDefault)), [
      'to 10.1.1.6 of b there is the default route only, via 172.18.0.1 dev eth0',
    ]);
  });

  it('must not lead elsewhere for a part that no pod is in, nor may that have a hole', async () => {
    const half = [{ dst: '10.1.1.0/25', gateway: '172.18.0.4', dev: 'eth0' }];
    assert.deepEqual(await problems(butTo(['10.1.1.128'], byDefault), { more: half }), [
      'to 10.1.1.128 of b there is the default route only, via 172.18.0.1 dev eth0',
    ]);
    const stale = { dst: '10.1.1.64/30', gateway: '172.18.0.9', dev: 'eth0' };
    const told = await problems(butTo(['10.1.1.64'], stale), { more: [stale] });
    assert.deepEqual(told, [
      'to 10.1.1.64 of b it goes via 172.18.0.9 dev eth0, to the rest via 172.18.0.4 dev eth0',
    ]);
    const hole = [{ type: 'blackhole', dst: '10.1.1.70' }];
    assert.deepEqual(await problems(butTo(['10.1.1.70'], null), { more: hole }), [
      'to 10.1.1.70 of b there is no way',
    ]);
  });

  it('may have entries of its own for a part, which lead the same way, and such as the node does not heed', async () => {
    const same = { ...viaB, dst: '10.1.1.64/26' };
    assert.deepEqual(await problems(butTo(['10.1.1.64'], same), { more: [same] }), []);
    const ofAnotherTable = { dst: '10.1.1.64/26', dev: 'eth1', table: '100' };
    assert.deepEqual(await problems(() => viaB, { more: [ofAnotherTable] }), []);
  });

  it('must not lead elsewhere for some address', async () => {
    assert.deepEqual(await problems(butTo(['10.1.1.6'], { dst: '10.1.1.6', dev: 'netproof-void' })), [
      'to 10.1.1.6 of b it goes dev netproof-void, to the rest via 172.18.0.4 dev eth0',
    ]);
    const gateway = { ...viaB, gateway: '172.18.0.9' };
    assert.equal((await problems(butTo(['10.1.1.6'], gateway))).length, 1);
  });

  it('must lead away from the node', async () => {
    const local = { type: 'local', dst: '10.1.1.6', dev: 'netproof-void', table: 'local' };
    assert.deepEqual(await problems(butTo(['10.1.1.6'], local)), [
      'to 10.1.1.6 of b the route is local dev netproof-void',
    ]);
    assert.equal((await problems(() => local)).length, 3);
  });

  it('is none where there is no podCIDR', async () => {
    assert.deepEqual(await problems(() => viaB, { podCIDR: '' }), ['b has no podCIDR']);
  });
});
