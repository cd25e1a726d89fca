import assert from 'node:assert/strict';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, Store } from './store.ts';
import { testFolder } from './testing.ts';

/** Flips the lowest bit of the third byte of some text of a component's file. */
function flipIn(name: string, text: string) {
  return async (file: string): Promise<void> => {
    const path = join(file, '..', '..', name);
    const bytes = await readFile(path);
    const at = bytes.indexOf(text) + 2;
    bytes[at] = (bytes[at] as number) ^ 1;
    await writeFile(path, bytes);
  };
}

describe('the store', () => {
  const write = (content: string) => (folder: string) => writeFile(join(folder, 'out'), content);

  it('has what was added, under its key alone', async () => {
    await using folder = await testFolder();
    const store = new Store(folder.path, assert.fail);
    await store.add('etcd', 'k1', write('binary'));
    assert.equal(await store.has('etcd', 'k1'), true);
    assert.equal(await store.has('etcd', 'k2'), false);
    assert.equal(await readFile(store.file('etcd', 'k1', 'out'), 'utf8'), 'binary');
  });

  for (const [what, damage] of [
    ['a changed file', (file: string) => writeFile(file, 'binarx')],
    ['a lost file', (file: string) => rm(file)],
    ['a torn manifest', (file: string) => writeFile(join(file, '..', '..', 'manifest.json'), '{"na')],
    ['a manifest with a flipped bit', flipIn('manifest.json', '"files"')],
  ] as const) {
    it(`does not have ${what}, says so and makes room for it`, async () => {
      await using folder = await testFolder();
      const warnings: string[] = [];
      const store = new Store(folder.path, (message) => warnings.push(message));
      await store.add('etcd', 'k1', write('binary'));
      await damage(store.file('etcd', 'k1', 'out'));
      assert.equal(await store.seems('etcd', 'k1'), !what.includes('manifest'));
      assert.equal(await store.has('etcd', 'k1'), false);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /etcd-k1.* does not match its hash; etcd is built again/);
      await store.add('etcd', 'k1', write('binary'));
      assert.equal(await store.has('etcd', 'k1'), true);
    });
  }

  it('is asked by two at once for something damaged', async () => {
    await using folder = await testFolder();
    const warnings: string[] = [];
    const stores = [0, 1].map(() => new Store(folder.path, (message) => warnings.push(message)));
    await stores[0]?.add('etcd', 'k1', write('binary'));
    await writeFile(stores[0]?.file('etcd', 'k1', 'out') ?? '', 'binarx');
    assert.deepEqual(await Promise.all(stores.map((store) => store.has('etcd', 'k1'))), [false, false]);
  });

  it('keeps nothing of an interrupted write', async () => {
    await using folder = await testFolder();
    const store = new Store(folder.path, assert.fail);
    const half = async (into: string) => {
      await write('half')(into);
      throw new Error('stopped');
    };
    await assert.rejects(store.add('etcd', 'k1', half), /stopped/);
    assert.equal(await store.has('etcd', 'k1'), false);
    assert.deepEqual(await readdir(join(folder.path, 'temporary')), []);
  });

  it('sweeps left temporary folders and long unused components, but not those wanted now', async () => {
    await using folder = await testFolder();
    const store = new Store(folder.path, assert.fail);
    await store.temporary('left');
    const keys = ['old', 'older-but-wanted', 'recent'];
    for (const key of keys) await store.add('etcd', key, write(key));
    const longAgo = new Date(Date.now() - 30 * 24 * 3600 * 1000);
    for (const key of keys.slice(0, 2)) {
      await utimes(join(folder.path, 'components', `etcd-${key}`, 'manifest.json'), longAgo, longAgo);
    }
    await store.sweep(new Map([[{ name: 'etcd' }, 'older-but-wanted']]));
    assert.deepEqual(await readdir(join(folder.path, 'components')), [
      'etcd-older-but-wanted',
      'etcd-recent',
    ]);
    assert.deepEqual(await readdir(folder.path), ['components']);
  });

  it('lies where the environment says', () => {
    assert.equal(cacheFolder({ NETPROOF_CACHE: '/a' }), '/a');
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/b' }), '/b/netproof/images');
    assert.match(cacheFolder({}), /\/\.cache\/netproof\/images$/);
  });
});
