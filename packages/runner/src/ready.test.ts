import assert from 'node:assert/strict';
import { setImmediate as immediately } from 'node:timers/promises';
import { bounds, NetproofError } from '@netproof/core';
import { clusterReady } from './ready.ts';

const spec = { ready: ['daemonset/kube-system/cni'] } as never;
const waits = (unready: readonly string[]) => ({
  nodes: async () => refuse(unready, 'nodes'),
  available: async (_kind: unknown, _namespace: string, name: string) => refuse(unready, name),
});

function refuse(unready: readonly string[], what: string): void {
  if (unready.includes(what)) throw new Error(`${what}: not within its bound`);
}

const waiting = (...unready: string[]) => clusterReady(waits(unready), { name: 'x', spec }, 3);

describe('a cluster', () => {
  it('is ready when CNI, CoreDNS and nodes are', () => waiting());

  it('whose CNI is not ready tells of the CNI, which keeps the others from it', async () => {
    await assert.rejects(waiting('nodes', 'coredns', 'cni'), {
      code: 'NOT_READY',
      exit: 3,
      message: 'the CNI of x did not get ready:\n  cni: not within its bound',
      // Where its logs are is told by whoever has written them.
      hint: undefined,
    });
  });

  it('whose CNI is ready tells of all else', async () => {
    await assert.rejects(waiting('nodes', 'coredns'), {
      message: /x did not get ready:\n.*coredns.*\n.*nodes/,
    });
  });

  it('is not ready before its CNI is on the workers that joined after the first look', async () => {
    const joined = Promise.withResolvers<void>();
    const everywhere = Promise.withResolvers<void>();
    const looks: (number | undefined)[] = [];
    const wait = {
      nodes: () => joined.promise,
      async available(_kind: unknown, _namespace: string, name: string, bound?: number) {
        // At the first look it is on the only node that there is.
        if (name === 'cni' && looks.push(bound) > 1) await everywhere.promise;
      },
    };
    let over = false;
    const ready = clusterReady(wait, { name: 'x', spec }, 3).finally(() => {
      over = true;
    });
    await immediately();
    assert.equal(looks.length, 1);
    joined.resolve();
    await immediately();
    assert.equal(over, false);
    everywhere.resolve();
    await ready;
    assert.equal(looks.length, 2);
    for (const bound of looks) assert.ok(bound !== undefined && bound <= bounds.clusterReady);
  });

  it('whose CNI never gets to those workers tells of the CNI', async () => {
    let looks = 0;
    const wait = {
      ...waits([]),
      async available(_kind: unknown, _namespace: string, name: string) {
        if (name !== 'cni') return;
        looks += 1;
        if (looks > 1) refuse(['cni'], 'cni');
      },
    };
    await assert.rejects(clusterReady(wait, { name: 'x', spec }, 3), {
      message: 'the CNI of x did not get ready:\n  cni: not within its bound',
      // Where its logs are is told by whoever has written them.
      hint: undefined,
    });
  });

  it('whose CNI will never have its image says so at once, though all else is waited for', async () => {
    const forever = () => new Promise<never>(() => {});
    const wait = {
      nodes: forever,
      async available(_kind: unknown, _namespace: string, name: string) {
        if (name !== 'cni') return forever();
        throw new NetproofError('never: cni', { code: 'IMAGE_NOT_PULLED', exit: 3 });
      },
    };
    const spec = { ready: ['daemonset/kube-system/cni', 'deployment/kube-system/operator'] } as never;
    await assert.rejects(clusterReady(wait, { name: 'x', spec }, 3), {
      code: 'NOT_READY',
      message: 'the CNI of x did not get ready:\n  never: cni',
    });
  });
});
