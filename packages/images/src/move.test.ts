import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadImages, pushImages, saveImages } from './move.ts';
import { testFolder } from './testing.ts';

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
});
