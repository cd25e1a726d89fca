import assert from 'node:assert/strict';
import { netnsOf } from './netns.ts';

describe('the network namespace of a pod', () => {
  const stdout = `
netns: cni-1
1: lo    inet 127.0.0.1/8 scope host lo
2: eth0    inet 10.1.1.70/24 brd 10.1.1.255 scope global eth0

netns: cni-2
2: eth0    inet 10.1.1.7/24 brd 10.1.1.255 scope global eth0
`;
  const nodes = { list: [], run: async () => ({ stdout, stderr: '', exitCode: 0 }) };
  const pod = { kind: 'pod', id: 'x/a', node: 'a', ip: '10.1.1.7', labels: {} } as const;

  it('is found by the whole address of the pod', async () => {
    assert.equal((await netnsOf(nodes, [pod]))(pod), 'cni-2');
  });

  it('that is nowhere is told', async () => {
    const other = { ...pod, ip: '10.1.1.8' };
    const netns = await netnsOf(nodes, [other]);
    assert.throws(() => netns(other), /a has no network namespace .* x\/a/);
  });
});
