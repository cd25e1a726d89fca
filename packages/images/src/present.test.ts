import assert from 'node:assert/strict';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { isPresent } from './present.ts';
import { Store } from './store.ts';
import { component, testFolder } from './testing.ts';
import { Tools } from './tool.ts';

describe('a component', () => {
  const tools = new Tools(() => {}, new AbortController().signal);

  it('is in the cache, or where it says', async () => {
    await using folder = await testFolder();
    const store = new Store(folder.path, assert.fail);
    const node = (there: boolean) => component('node', { present: async () => there });
    for (const [one, there] of [
      [component('kind'), false],
      [node(false), false],
      [node(true), true],
    ] as const)
      assert.equal(await isPresent(one, 'k', { store, tools }), there, one.name);
    await store.add('kind', 'k', async () => {});
    assert.equal(await isPresent(component('kind'), 'k', { store, tools }), true);
  });

  it('that is in Docker and in use keeps the note of where it comes from', async () => {
    await using folder = await testFolder();
    const store = new Store(folder.path, assert.fail);
    await store.add('node', 'k', async () => {}, 'a mirror');
    const longAgo = new Date(Date.now() - 30 * 24 * 3600 * 1000);
    await utimes(join(folder.path, 'components', 'node-k', 'manifest.json'), longAgo, longAgo);
    assert.equal(
      await isPresent(component('node', { present: async () => true }), 'k', { store, tools }),
      true,
    );
    await store.sweep(new Map());
    assert.equal(await store.origin('node', 'k'), 'a mirror');
  });
});
