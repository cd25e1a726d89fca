import assert from 'node:assert/strict';
import type { Endpoint } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import { leftFaults } from './marks.ts';
import { joinByWire } from './wire.ts';

const pod = (id: string, ip: string): Endpoint => ({ kind: 'pod', id, node: 'a', ip, labels: {} });
const [one, other] = [pod('x/a', '10.1.0.2'), pod('y/a', '10.1.0.3')];

/** A node that remembers its wire; what refuses fails. */
function fakeNode(refuses?: string) {
  const commands: string[] = [];
  let there = false;
  const nodes = nodesThatRun([], (_, argv) => {
    const text = argv.join(' ');
    if (refuses !== undefined && text.includes(refuses)) throw new Error('RTNETLINK answers: no');
    if (text === 'every netns: ip -oneline address')
      return [one, other].map(({ ip }) => `netns: cni-${ip}\n2: eth0 inet ${ip}/24`).join('\n');
    if (text.includes('link add netproof-wire')) there = true;
    if (text.includes('link delete netproof-wire')) there = false;
    if (/ip -(brief|oneline) link/.test(text)) return there ? 'eth0 UP\nnetproof-wire@if7 UP' : 'eth0 UP';
    if (text.includes('-stats'))
      return '[{"ifname":"netproof-wire","stats64":{"rx":{"packets":3},"tx":{"packets":4}}}]';
    if (!text.startsWith('every')) commands.push(text);
    return '';
  });
  return { nodes, commands, isThere: () => there };
}

describe('a wire between two pods', () => {
  it('leads each to the other, counts both ways, and is gone when it was taken out', async () => {
    const { nodes, commands, isThere } = fakeNode();
    const { effect, revert } = await joinByWire(nodes, one, other);
    assert(commands.includes('ip netns exec cni-10.1.0.2 ip route add 10.1.0.3/32 dev netproof-wire'));
    assert(commands.includes('ip netns exec cni-10.1.0.3 ip route add 10.1.0.2/32 dev netproof-wire'));
    assert.equal(await effect(), 7);
    await assert.rejects(leftFaults(nodes, ['a']), /a: the device netproof-wire in a pod/);
    await revert();
    assert.equal(isThere(), false);
    await revert();
  });

  it('is taken out where a route cannot be made', async () => {
    const { nodes, isThere } = fakeNode('route add');
    await assert.rejects(joinByWire(nodes, one, other), /RTNETLINK/);
    assert.equal(isThere(), false);
  });
});
