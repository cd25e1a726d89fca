import assert from 'node:assert/strict';
import type { FaultContext } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import { leftFaults } from './marks.ts';
import tooSmall from './underlay-mtu-too-small.ts';

const list = ['a', 'b'].map((name, at) => ({
  ...{ name, ip: `172.18.0.${at + 2}`, podCIDR: '', controlPlane: false },
}));

/** Two nodes, of which the first keeps its routes. */
function fakeNodes(refuses = false) {
  const routes: string[] = [];
  const flushed: string[] = [];
  const nodes = nodesThatRun(list, (_, argv) => {
    const text = argv.join(' ');
    if (text === 'ip -json route get 172.18.0.3')
      return '[{"dst":"172.18.0.3","dev":"eth0","prefsrc":"172.18.0.2","flags":[]}]';
    if (text.startsWith('ip route add ')) {
      if (refuses) throw new Error('File exists');
      routes.push(text.slice('ip route add '.length));
    }
    if (text.startsWith('ip route delete ')) routes.pop();
    if (text.endsWith('ip route flush cache')) flushed.push(text);
    return text.startsWith('ip route show ') ? routes.join('\n') : '';
  });
  return { context: { nodes } as unknown as FaultContext, nodes, routes, flushed };
}

describe('an underlay that takes less than is sent', () => {
  it('is a route to the other node, which is found, and gone with what was learnt of it', async () => {
    const { context, nodes, routes, flushed } = fakeNodes();
    const applied = await tooSmall.apply(context);
    assert.deepEqual(routes, ['172.18.0.3 dev eth0 src 172.18.0.2 mtu 1397']);
    assert.deepEqual([await applied.effect(), await applied.effect()], [0, 1]);
    await assert.rejects(leftFaults(nodes, ['a']), /a: a route with an MTU of 1397/);
    await applied.revert();
    assert.deepEqual([routes, flushed], [[], ['ip route flush cache', 'every netns: ip route flush cache']]);
    assert.equal(await applied.effect(), 1);
    await applied.revert();
  });

  it('leaves nothing where there is such a route already', async () => {
    const { context, flushed } = fakeNodes(true);
    await assert.rejects(tooSmall.apply(context) as Promise<unknown>, /File exists/);
    assert.deepEqual(flushed, []);
  });
});
