import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { otherProcesses, removeTemporary, temporaryFolders } from './temporary.ts';

/** A Node.js with this word among its arguments. */
async function nodeWith(word: string): Promise<ChildProcess> {
  const script = 'console.log("up"); process.stdin.resume().on("end", () => process.exit())';
  const child = spawn('node', ['--eval', script, word], {
    argv0: 'node',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

describe('temporary folders', () => {
  let tmp = '';
  beforeEach(async () => {
    tmp = await mkdtemp(join(tmpdir(), 'netproof-tmp-'));
  });
  afterEach(() => rm(tmp, { recursive: true }));

  it('of netproof are those that mkdtemp made under its names', async () => {
    const made = await Promise.all(
      ['netproof-', 'netproof-probe-', 'kind-node-live-', 'other-'].map((name) => mkdtemp(join(tmp, name))),
    );
    // A user's own, a file, and the folder of locks.
    await mkdir(join(tmp, 'netproof-report'));
    await chmod(join(tmp, 'netproof-report'), 0o755);
    await writeFile(join(tmp, 'netproof-bench-Abc123'), '', { mode: 0o700 });
    await mkdir(join(tmp, 'kind-node-100000'), { mode: 0o700 });
    assert.deepEqual((await temporaryFolders(tmp)).sort(), made.slice(0, 3).sort());
  });

  it('are removed with what is in them', async () => {
    const folder = await mkdtemp(join(tmp, 'netproof-'));
    await mkdir(join(folder, 'a/b'), { recursive: true });
    await removeTemporary(folder);
    assert.deepEqual(await readdir(tmp), []);
  });

  it('are not removed where something is mounted inside', async () => {
    const folder = await mkdtemp(join(tmp, 'netproof-'));
    const mounts = `22 1 0:21 / /proc rw - proc proc rw\n31 22 0:29 / ${folder}/a rw - tmpfs none rw\n`;
    await assert.rejects(removeTemporary(folder, mounts), {
      message: `${folder} is not removed: ${folder}/a is mounted there`,
    });
    assert.equal((await readdir(tmp)).length, 1);
    await removeTemporary(folder, mounts.replaceAll(folder, `${folder}-other`));
  });
});

describe('other processes', () => {
  const commands = () => otherProcesses().map(({ pid }) => pid);

  it('are those of netproof and its tests, and not what started this one', async () => {
    const ours = await nodeWith('/x/packages/cli/src/main.ts');
    const unrelated = await nodeWith('server.js');
    try {
      const found = commands();
      assert.ok(found.includes(ours.pid as number));
      assert.ok(!found.includes(unrelated.pid as number));
      assert.ok(!found.includes(process.pid));
      assert.ok(!found.includes(process.ppid));
    } finally {
      for (const child of [ours, unrelated]) {
        child.stdin?.end();
        await once(child, 'exit');
      }
    }
    assert.ok(!commands().includes(ours.pid as number));
  });
});
