import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thaw } from './thaw.ts';

describe('a node that cannot be removed', () => {
  it('has its frozen processes thawed, and no other container its own', async () => {
    const root = await mkdtemp(join(tmpdir(), 'kind-node-test-'));
    try {
      const state = async (folder: string, text: string) => {
        await mkdir(join(root, folder), { recursive: true });
        await writeFile(join(root, folder, 'freezer.state'), text);
        return () => readFile(join(root, folder, 'freezer.state'), 'utf8');
      };
      const frozen = await state('docker/a/kubelet/pod', 'FROZEN\n');
      const thawed = await state('docker/a', 'THAWED\n');
      const other = await state('docker/b/pod', 'FROZEN\n');
      assert.equal(await thaw('a', root), 1);
      assert.deepEqual([await frozen(), await thawed(), await other()], ['THAWED', 'THAWED\n', 'FROZEN\n']);
      assert.equal(await thaw('a', join(root, 'none')), 0);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
