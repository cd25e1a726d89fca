import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCode } from '@netproof/core';
import { tryTotals, writeTotals } from './totals-file.ts';

const none = { passed: 0, failed: 0, skipped: 0 };
const reports = [
  { cluster: 'bridge', exit: exitCode.checkFailed, applicable: true, totals: none, failures: ['a/b'] },
];

describe('the file of --json', () => {
  let out = '';
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), 'netproof-totals-'));
  });
  afterEach(() => rm(out, { recursive: true }));

  it('is tried before a run, and nothing is left of that but its folder', async () => {
    await tryTotals(undefined);
    await tryTotals(join(out, 'new/folder/totals.json'));
    assert.deepEqual(await readdir(join(out, 'new/folder')), []);
    await writeFile(join(out, 'there.json'), 'of before');
    await tryTotals(join(out, 'there.json'));
    assert.equal(await readFile(join(out, 'there.json'), 'utf8'), 'of before');
  });

  it('is refused where it cannot be written, with what to do', async () => {
    await writeFile(join(out, 'file'), '');
    await mkdir(join(out, 'folder'));
    await symlink('/dev/null', join(out, 'link'));
    for (const file of [join(out, 'file/totals.json'), join(out, 'folder'), join(out, 'link'), '/dev/null']) {
      await assert.rejects(tryTotals(file), {
        ...{ code: 'JSON_NOT_WRITABLE', exit: 2, hint: /folder that this user may write to/ },
      });
    }
    assert.deepEqual(await readdir(join(out, 'folder')), []);
    // Where nothing can be made, whoever asks.
    await assert.rejects(tryTotals('/proc/nope/totals.json'), { code: 'JSON_NOT_WRITABLE' });
  });

  it('does not hide how the run ended where it cannot be written after all', async () => {
    const file = join(out, 'totals.json');
    assert.equal(await writeTotals(file, reports, exitCode.checkFailed), exitCode.checkFailed);
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')).clusters, reports);
    assert.deepEqual(await readdir(out), ['totals.json']);
    await mkdir(join(out, 'folder'));
    for (const [ended, told] of [
      [exitCode.checkFailed, exitCode.environment],
      [exitCode.interrupted, exitCode.interrupted],
      [exitCode.defect, exitCode.defect],
    ] as const) {
      const { write } = process.stderr;
      const lines: string[] = [];
      process.stderr.write = ((text: string) => lines.push(text) > 0) as typeof write;
      const exit = await writeTotals(join(out, 'folder'), reports, ended).finally(() => {
        process.stderr.write = write;
      });
      assert.equal(exit, told);
      assert.match(lines.join(''), /cannot write .*folder.*REPORT_NOT_WRITTEN/);
    }
  });
});
