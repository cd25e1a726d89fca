import assert from 'node:assert/strict';
import { setImmediate as immediately } from 'node:timers/promises';
import type { ObjectName } from '@netproof/core';
import type { Kube } from '@netproof/kube';
import { ClusterIsolation } from './isolation.ts';

const policy = (name: string, spec: object = {}): ObjectName & { spec: object } => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: 'netproof-x', name },
  spec,
});

/** An API that writes down what it is asked to do, and refuses to apply one policy. */
function written(refused?: string) {
  const done: string[] = [];
  const names = (objects: readonly ObjectName[]) => objects.map(({ metadata }) => metadata.name).join();
  const kube = {
    async apply(objects: readonly ObjectName[]) {
      if (refused && names(objects).includes(refused)) throw new Error(`refused: ${refused}`);
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

  describe('under changes that come late', () => {
    const by = 30;

    it('is said to be changed at once, and is changed later, one change after the other', async () => {
      const { done, isolation } = written();
      const late = isolation.delay(by);
      const { sentAt, acceptedAt } = await isolation.set({ policies: [policy('one')] });
      assert(acceptedAt - sentAt < by);
      assert.deepEqual([done, late.changed()], [[], 0]);
      const next = await isolation.set({ policies: [policy('one'), policy('two')] });
      assert.deepEqual([done, late.changed()], [['apply one'], 1]);
      assert(next.sentAt - sentAt >= by - 1);
      await late.stop();
      assert.deepEqual([done, late.changed()], [['apply one', 'apply two'], 2]);
      await isolation.set({ policies: [] });
      assert.deepEqual([done.length, late.changed()], [3, 2]);
    });

    it('is read and taken back when all have come', async () => {
      const { done, isolation } = written();
      isolation.delay(by);
      await isolation.set({ policies: [policy('one')] });
      await isolation.namespaces();
      assert.deepEqual(done, ['apply one']);
      await isolation.set({ policies: [] });
      await isolation[Symbol.asyncDispose]();
      assert.deepEqual(done, ['apply one', 'remove one']);
    });

    it('has whoever comes next told of one that failed, and takes it back all the same', async () => {
      const { done, isolation } = written('one');
      isolation.delay(by);
      await isolation.set({ policies: [policy('one'), policy('two')] });
      await assert.rejects(isolation[Symbol.asyncDispose](), /refused: one/);
      assert.deepEqual(done, ['remove one,two']);
    });
  });

  describe('under changes before which all policies are away', () => {
    const by = 30;
    const [one, two] = [policy('one'), policy('two')];

    it('is said to be changed when they are, and has all of the new ones later', async () => {
      const { done, isolation } = written();
      const flush = isolation.flush(by);
      await isolation.set({ policies: [one] });
      assert.deepEqual([done, flush.changed()], [['apply one'], 0]);
      const { sentAt } = await isolation.set({ policies: [one, two] });
      assert.deepEqual([done, flush.changed()], [['apply one', 'remove one'], 0]);
      const next = await isolation.set({ policies: [] });
      assert(next.sentAt - sentAt >= by - 1);
      assert.deepEqual(done, ['apply one', 'remove one', 'apply one,two', 'remove one,two']);
      assert.equal(flush.changed(), 1);
    });

    it('has them all again when that is called off', async () => {
      const { done, isolation } = written();
      const flush = isolation.flush(by);
      await isolation.set({ policies: [one] });
      await isolation.set({ policies: [two] });
      await flush.stop();
      assert.deepEqual([done.at(-1), flush.changed()], ['apply two', 1]);
      await isolation.set({ policies: [one, two] });
      assert.deepEqual([done.at(-1), flush.changed()], ['apply one', 1]);
    });
  });

  describe('whose policies lapse', () => {
    const soon = 10;
    const [one, two] = [policy('one'), policy('two')];
    const until = async (come: () => boolean) => {
      while (!come()) await immediately();
    };

    it('has none any more some time after a change, and is told apart from what it was all the same', async () => {
      const { done, isolation } = written();
      const lapse = isolation.lapse(soon);
      const { sentAt } = await isolation.set({ policies: [one] });
      assert.deepEqual([done, lapse.changed()], [['apply one'], 0]);
      await until(() => lapse.changed() === 1);
      assert.deepEqual(done, ['apply one', 'remove one']);
      const next = await isolation.set({ policies: [] });
      assert(next.sentAt > sentAt);
      assert.deepEqual(done.slice(2), ['remove one']);
    });

    it('keeps them where it changes before, or lapses no more', async () => {
      const { done, isolation } = written();
      const lapse = isolation.lapse(soon);
      await isolation.set({ policies: [one] });
      await isolation.set({ policies: [one, two] });
      await until(() => lapse.changed() === 1);
      assert.deepEqual(done, ['apply one', 'apply two', 'remove one,two']);
      await isolation.set({ policies: [two] });
      lapse.stop();
      const over = performance.now() + 3 * soon;
      await until(() => performance.now() > over);
      assert.deepEqual([done.length, lapse.changed()], [4, 1]);
    });
  });

  it('counts the policies that are applied otherwise, and not those with fields in another order', async () => {
    const { isolation } = written();
    const both = { podSelector: {}, policyTypes: ['Ingress'] };
    const tamper = isolation.tamper((object) => {
      const policyTypes = object.metadata.name === 'one' ? both.policyTypes : ['Egress'];
      return { ...object, spec: { policyTypes, podSelector: {} } } as ObjectName;
    });
    await isolation.set({ policies: [policy('one', both), policy('two', both)] });
    assert.equal(tamper.changed(), 1);
  });

  it('knows the labels that a namespace has of its own', async () => {
    const { isolation } = written();
    await isolation.set({ policies: [], namespaceLabels: { 'netproof-x': { role: 'friend' } } });
    assert.deepEqual(await isolation.namespaces(), { 'netproof-x': { own: 'yes' } });
  });
});
