import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { onDisk } from './full-disk.ts';

describe('a disk', () => {
  it('that is full is no defect, and is named', async () => {
    await assert.rejects(
      onDisk('/cache', () => writeFile('/dev/full', 'x')),
      { code: 'DISK_FULL', exit: 3, message: /no space is left for \/cache: ENOSPC/ },
    );
    const quota = Object.assign(new Error('EDQUOT: quota exceeded, write'), { code: 'EDQUOT' });
    await assert.rejects(
      onDisk('/cache', () => Promise.reject(quota)),
      { code: 'DISK_FULL', exit: 3 },
    );
  });

  it('with another fault is not said to be full', async () => {
    await assert.rejects(
      onDisk('/cache', () => writeFile('/no/such/folder', 'x')),
      { code: 'ENOENT' },
    );
  });
});
