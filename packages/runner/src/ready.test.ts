import assert from 'node:assert/strict';
import { clusterReady } from './ready.ts';

const spec = { ready: ['daemonset/kube-system/cni'] } as never;
const waits = (unready: readonly string[]) => ({
  nodes: async () => refuse(unready, 'nodes'),
  available: async (_kind: unknown, _namespace: string, name: string) => refuse(unready, name),
});

function refuse(unready: readonly string[], what: string): void {
  if (unready.includes(what)) throw new Error(`${what}: not within its bound`);
}

const waiting = (...unready: string[]) => clusterReady(waits(unready), { name: 'x', spec }, 3, 'logs');

describe('a cluster', () => {
  it('is ready when CNI, CoreDNS and nodes are', () => waiting());

  it('whose CNI is not ready tells of the CNI, which keeps the others from it', async () => {
    await assert.rejects(waiting('nodes', 'coredns', 'cni'), {
      code: 'NOT_READY',
      exit: 3,
      message: 'the CNI of x did not get ready:\n  cni: not within its bound',
      hint: /logs$/,
    });
  });

  it('whose CNI is ready tells of all else', async () => {
    await assert.rejects(waiting('nodes', 'coredns'), {
      message: /x did not get ready:\n.*coredns.*\n.*nodes/,
    });
  });
});
