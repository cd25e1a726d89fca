import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newRunFolder } from './run-folder.ts';

describe('the folder of a run', () => {
  let out = '';
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), 'netproof-out-'));
  });
  afterEach(() => rm(out, { recursive: true }));

  it('is made with those above it, named after the time', async () => {
    const folder = await newRunFolder(join(out, 'a/b'), new Date('2026-11-21T10:15:00Z'));
    assert.match(folder.path, /a\/b\/20261121-101500-[0-9a-f]{6}$/);
    assert.ok((await stat(folder.path)).isDirectory());
  });

  it('is bad usage where it cannot be made, below /proc too', async () => {
    await writeFile(join(out, 'file'), '');
    for (const bad of [join(out, 'file'), '/proc/x', '/proc/x/y']) {
      await assert.rejects(newRunFolder(bad), { code: 'OUT_NOT_WRITABLE', exit: 2 }, bad);
    }
  });
});
