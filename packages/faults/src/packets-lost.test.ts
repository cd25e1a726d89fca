import assert from 'node:assert/strict';
import type { Endpoint, FaultContext } from '@netproof/core';
import { nodesThatRun } from '@netproof/core/testing';
import packetsLost from './packets-lost.ts';

const list = ['a', 'b', 'c'].map((name) => ({ name, ip: '', podCIDR: '', controlPlane: name === 'a' }));
const endpoints = list.map(
  ({ name: node }, at): Endpoint => ({
    kind: 'pod',
    id: `x/${node}`,
    node,
    ip: `10.1.${at}.2`,
    labels: {},
  }),
);

describe('a loss of packets between two nodes', () => {
  it('is either way between workers, by lot', async () => {
    const inserted: string[] = [];
    const nodes = nodesThatRun(list, (node, argv) => {
      if (argv.includes('-I')) inserted.push(`${node}: ${argv.slice(4).join(' ')}`);
      return '';
    });
    const context = { nodes, probes: { endpoints }, cluster: { claims: ['pods/iptables'] } };
    await packetsLost.apply(context as unknown as FaultContext);
    const lot = '-m statistic --mode random --probability 0.2 -j DROP -m comment --comment netproof-fault';
    assert.deepEqual(inserted, [
      `b: -I FORWARD -s 10.1.1.2 -d 10.1.2.2 ${lot}`,
      `c: -I FORWARD -s 10.1.2.2 -d 10.1.1.2 ${lot}`,
    ]);
  });
});
