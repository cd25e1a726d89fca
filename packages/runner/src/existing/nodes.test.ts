import assert from 'node:assert/strict';
import type { Manifest } from '@netproof/kube';
import { usableNodes } from './nodes.ts';

interface Change {
  readonly labels?: Record<string, string>;
  readonly taints?: readonly string[];
  readonly ready?: string;
}

const node = (name: string, { labels = {}, taints = [], ready = 'True' }: Change = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  spec: { taints: taints.map((key) => ({ key, effect: 'NoSchedule' })) },
  status: { conditions: [{ type: 'Ready', status: ready }] },
});

describe('nodes of an existing cluster', () => {
  it('are left out where they are cordoned, not ready or no Linux, and say so', () => {
    const control = node('control', { taints: ['node-role.kubernetes.io/control-plane'] });
    const { names, leftOut } = usableNodes([
      control,
      node('worker', { labels: { 'kubernetes.io/os': 'linux' }, taints: ['gpu'] }),
      node('cordoned', { taints: ['node.kubernetes.io/unschedulable'] }),
      node('dead', { taints: ['node.kubernetes.io/unreachable', 'node.kubernetes.io/unreachable'] }),
      node('silent', { ready: 'Unknown' }),
      node('win', { labels: { 'kubernetes.io/os': 'windows' } }),
      node('virtual', { labels: { type: 'virtual-kubelet' } }),
    ]);
    assert.deepEqual(names, ['control', 'worker']);
    assert.deepEqual(
      leftOut.map(({ name, why }) => `${name}: ${why}`),
      [
        'cordoned: unschedulable',
        'dead: unreachable',
        'silent: not ready',
        'win: of windows',
        'virtual: no machine: its kubelet is virtual',
      ],
    );
  });

  it('must be one at least', () => {
    assert.throws(() => usableNodes([node('silent', { ready: 'False' })]), {
      code: 'NO_NODE',
      exit: 3,
      message: /silent is not ready/,
    });
  });
});
