import assert from 'node:assert/strict';
import { join } from 'node:path';
import { build } from './builder.ts';
import { keysOf } from './key.ts';
import { openLog } from './log.ts';
import { provenanceOf } from './provenance.ts';
import { Store } from './store.ts';
import { component, testFolder } from './testing.ts';

describe('the provenance of an image in Docker', () => {
  const made = (name: string) => ({ name, version: 'v1', from: 'source' });
  const etcd = component('etcd', { made: made('etcd') });
  const node = component('node', {
    made: made('node'),
    needs: [etcd],
    present: async () => true,
    build: async () => {},
  });
  const { signal } = new AbortController();

  async function told(store: Store) {
    const all = await provenanceOf([node], store, await keysOf([node]));
    return all.map(({ name, origin, from }) => ({ name, origin, from }));
  }

  it('says neither built nor pulled where this cache did not see to it', async () => {
    await using folder = await testFolder();
    const from = 'the local Docker, built from source';
    assert.deepEqual(await told(new Store(folder.path, assert.fail)), [
      { name: 'node', origin: 'present', from },
      { name: 'etcd', origin: 'present', from },
    ]);
  });

  it('says built where it was built here, whatever was noted before', async () => {
    await using folder = await testFolder();
    const store = new Store(folder.path, assert.fail);
    const keys = await keysOf([node]);
    await store.add('node', keys.get(node) as string, async () => {}, 'a mirror');
    assert.deepEqual((await told(store))[1], {
      name: 'etcd',
      origin: 'pulled',
      from: 'a mirror, built from source',
    });
    await using log = await openLog(join(folder.path, 'log'));
    await build([node], { store, keys, log, signal, onProgress: () => {} });
    assert.deepEqual(await told(store), [
      { name: 'node', origin: 'built', from: 'source' },
      { name: 'etcd', origin: 'built', from: 'source' },
    ]);
  });
});
