// @ts-check
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureFolder, makeFolder } from './folders.mjs';

describe('a folder that is made', () => {
  /** @type {string} */
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'netproof-folders-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('comes with those above it, and may be there', () => {
    makeFolder(join(folder, 'a/b/c'));
    makeFolder(join(folder, 'a/b/c'));
    makeFolder(folder);
    assert.ok(existsSync(join(folder, 'a/b/c')));
  });

  it('is an error where a file has its name, or one above it', () => {
    writeFileSync(join(folder, 'file'), '');
    assert.throws(() => makeFolder(join(folder, 'file')), { code: 'EEXIST' });
    assert.throws(() => makeFolder(join(folder, 'file/below')), { code: 'ENOTDIR' });
  });

  it('is an error below /proc, and no endless loop', () => {
    assert.throws(() => makeFolder('/proc/netproof/below'), { code: 'ENOENT' });
    assert.throws(() => ensureFolder('/proc/netproof'), { code: 'FOLDER_NOT_WRITABLE', exit: 3 });
  });
});
