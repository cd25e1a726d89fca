import assert from 'node:assert/strict';
import type { Endpoint } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import { readRoutes, routeProblems } from './routes.ts';

const nodeAt = (name: string, podCIDR: string) => ({ name, ip: '', podCIDR, controlPlane: false });
const pod = (node: string, ip: string): Endpoint => ({ kind: 'pod', id: ip, node, ip, labels: {} });
const pods = [pod('a', '10.1.0.5'), pod('b', '10.1.1.5'), pod('b', '10.1.1.6')];
const viaB = { dst: '10.1.1.0/24', gateway: '172.18.0.4', dev: 'eth0', protocol: '201', flags: [] };

/** What is wrong with the way from a to b, where the kernel answers so; null is a refusal. */
async function problems(answer: (address: string) => object | null, podCIDR = '10.1.1.0/24') {
  const list = [nodeAt('a', '10.1.0.0/24'), nodeAt('b', podCIDR)];
  const nodes = nodesThatRun(list, (_, [, , , , ...addresses]) =>
    addresses
      .map((address) => {
        const way = answer(address);
        return `to: ${address}\n${way === null ? '' : `${JSON.stringify([way])}\n`}`;
      })
      .join(''),
  );
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

  it('must be there, for its first and its last address and for every pod', async () => {
    for (const address of ['10.1.1.0', '10.1.1.255', '10.1.1.5', '10.1.1.6']) {
      const told = await problems(butTo([address], null));
      assert(told.includes(`to ${address} of b there is no way`), told.join());
    }
  });

  it('must not be the default route', async () => {
    const told = await problems(
      butTo(['10.1.1.255'], { dst: 'default', gateway: '172.18.0.1', dev: 'eth0' }),
    );
    assert.deepEqual(told, ['to 10.1.1.255 of b there is the default route only, via 172.18.0.1 dev eth0']);
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
    assert.equal((await problems(() => local)).length, 4);
  });

  it('is none where there is no podCIDR', async () => {
    assert.deepEqual(await problems(() => viaB, ''), ['b has no podCIDR']);
  });
});
