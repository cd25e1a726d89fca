import assert from 'node:assert/strict';
import type { ObjectName } from '@netproof/core';
import type { Kube } from '@netproof/kube';
import { ClusterIsolation } from './isolation.ts';

const policy = (name: string, spec: object = {}): ObjectName & { spec: object } => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: 'netproof-x', name },
  spec,
});

/** An API that writes down what it is asked to do. */
function written() {
  const done: string[] = [];
  const names = (objects: readonly ObjectName[]) => objects.map(({ metadata }) => metadata.name).join();
  const kube = {
    async apply(objects: readonly ObjectName[]) {
      if (objects.length > 0) done.push(`apply ${names(objects)}`);
    },
    async remove(objects: readonly ObjectName[]) {
      done.push(`remove ${names(objects)}`);
      return [];
    },
    async patch({ metadata }: ObjectName, change: object) {
      done.push(`patch ${metadata.name} ${JSON.stringify(change)}`);
    },
    get: async () => ({ metadata: { labels: { own: 'yes', role: 'friend' } } }),
  };
  return { done, isolation: new ClusterIsolation(kube as unknown as Kube, 'run', ['x/a', 'x/b']) };
}

describe('the isolation of a cluster', () => {
  it('is changed by what differs, and taken back whole', async () => {
    const { done, isolation } = written();
    await isolation.set({ policies: [policy('one'), policy('two')] });
    await isolation.set({ policies: [policy('one'), policy('two', { podSelector: {} })] });
    await isolation.set({
      policies: [policy('two', { podSelector: {} })],
      podLabels: { 'x/a': { role: 'b' } },
    });
    await isolation[Symbol.asyncDispose]();
    assert.deepEqual(done, [
      'apply one,two',
      'apply two',
      'patch a {"metadata":{"labels":{"role":"b"}}}',
      'remove one',
      'patch a {"metadata":{"labels":{"role":null}}}',
      'remove two',
    ]);
  });

  it('that stays as it is was changed when it last was', async () => {
    const { done, isolation } = written();
    const first = await isolation.set({ policies: [] });
    assert.deepEqual(await isolation.set({ policies: [] }), first);
    const second = await isolation.set({ policies: [policy('one')] });
    assert(second.sentAt > first.sentAt);
    assert.deepEqual(await isolation.set({ policies: [policy('one')] }), second);
    assert.deepEqual(done, ['apply one']);
  });

  it('knows the labels that a namespace has of its own', async () => {
    const { isolation } = written();
    await isolation.set({ policies: [], namespaceLabels: { 'netproof-x': { role: 'friend' } } });
    assert.deepEqual(await isolation.namespaces(), { 'netproof-x': { own: 'yes' } });
  });
});
