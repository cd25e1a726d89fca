import assert from 'node:assert/strict';
import { join } from 'node:path';
import { cniOf } from './cni/index.ts';
import { keyLabel } from './docker.ts';
import { keysOf } from './key.ts';
import { placeOf } from './mirror.ts';
import { loadImages, moveEach, partsHere, pushImages, pushOne, saveImages } from './move.ts';
import { pack } from './pack.ts';
import type { Progress } from './progress.ts';
import { Registry } from './registry.ts';
import { registryStandIn } from './registry-stand-in.ts';
import { Store } from './store.ts';
import { component, testFolder } from './testing.ts';
import { Tools } from './tool.ts';
import { refs } from './versions.ts';

describe('images that are moved', () => {
  it('are not made before it is clear that they can be written, sent or read', async () => {
    await using folder = await testFolder();
    const done: string[] = [];
    const options = {
      cnis: ['bridge'],
      log: join(folder.path, 'log'),
      signal: new AbortController().signal,
      onProgress: ({ doing }: { doing: string }) => done.push(doing),
      onWarning: assert.fail,
    };
    const no = join(folder.path, 'no', 'file');
    await assert.rejects(saveImages(no, options), { code: 'NO_FOLDER', exit: 2 });
    await assert.rejects(saveImages(folder.path, options), { code: 'NO_FOLDER', exit: 2 });
    await assert.rejects(loadImages(no, options), { code: 'ARCHIVE_DAMAGED', exit: 2 });
    await assert.rejects(pushImages('me:secret@x', options), { code: 'BAD_REGISTRY', exit: 2 });
    await assert.rejects(pushImages('127.0.0.1:1', options), { code: 'REGISTRY_SILENT', exit: 3 });
    assert.deepEqual(done, []);
  });

  it('are pushed unless what has their name is of their key', async () => {
    await using folder = await testFolder();
    await using registry = await registryStandIn();
    const { signal } = new AbortController();
    const tools = new Tools(() => {}, signal);
    const store = new Store(folder.path, assert.fail);
    const one = component('one');
    for (const key of ['k1', 'k2']) await store.add('one', key, (to) => one.build(to, {} as never));
    const to = new Registry(placeOf(registry.name, 'x'), { hint: '', signal });
    const packs: string[] = [];
    const push = (key: string) =>
      pushOne(to, one, key, async (_, use) => {
        packs.push(key);
        const scratch = (await store.temporary('one')).path;
        const made = await pack(one, { store, tools, key, folder: scratch });
        await use(made, scratch);
        return made.digest;
      });
    const digest = await push('k1');
    assert.equal(await push('k1'), digest);
    assert.deepEqual(packs, ['k1']);
    registry.content.set('netproof/one:k2', registry.content.get('netproof/one:k1') as Buffer);
    assert.notEqual(await push('k2'), digest);
    assert.equal((await to.manifest('netproof/one', 'k2'))?.manifest.annotations?.[keyLabel], 'k2');
  });

  it('are told one by one with how far that is, until nothing is left', async () => {
    const [one, two] = [component('one'), component('two', { cost: { seconds: 1, mb: { cache: 30 } } })];
    const keys = new Map([one, two].map((each) => [each, 'k']));
    const told: Progress[] = [];
    const moved = await moveEach(
      [one, two],
      keys,
      (progress) => told.push(progress),
      async () => 'sha256:x',
    );
    assert.deepEqual(
      moved.map(({ name }) => name),
      ['one:k', 'two:k'],
    );
    assert.deepEqual(
      told.map(({ doing, fraction }) => [doing, fraction]),
      [
        ['packing one', 0],
        ['', 0.25],
        ['packing two', 0.25],
        ['', 1],
      ],
    );
  });

  it('are pushed with what nodes of upstream load, where that is here', async () => {
    await using folder = await testFolder();
    const store = new Store(folder.path, assert.fail);
    const bridge = cniOf('bridge');
    const keys = await keysOf(bridge.images);
    assert.deepEqual(await partsHere([bridge], keys, store), []);
    for (const [one, key] of keys) await store.add(one.name, key, async () => {});
    const names = (await partsHere([bridge], keys, store)).map(
      ({ recipe }) => (recipe as { ref: string }).ref,
    );
    assert.deepEqual(names, [refs.bridgeCni]);
  });
});
