import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { lookAtImages } from './look.ts';
import { testFolder } from './testing.ts';

describe('a look at the images', () => {
  const before = process.env.NETPROOF_CACHE;
  afterEach(() => {
    if (before === undefined) delete process.env.NETPROOF_CACHE;
    else process.env.NETPROOF_CACHE = before;
  });

  it('of an empty cache names every part, needs before what needs them, and makes nothing', async () => {
    await using folder = await testFolder();
    process.env.NETPROOF_CACHE = folder.path;
    const { cache, bytes, missing } = await lookAtImages(
      { engine: false, docker: undefined },
      new AbortController().signal,
    );
    assert.deepEqual({ cache, bytes }, { cache: folder.path, bytes: 0 });
    assert.ok(missing.includes('kind'));
    assert.ok(missing.indexOf('kubernetes') < missing.indexOf('image-kube-proxy'));
    assert.ok(missing.indexOf('image-kube-proxy') < missing.indexOf('node-image-bridge'));
    assert.deepEqual(await readdir(folder.path), []);
  });
});
