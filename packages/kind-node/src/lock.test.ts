import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lock, staleLocks, sweepLocks } from './lock.ts';

const forever = new AbortController().signal;

/** A process that takes the lock, says so, and holds it until its standard input ends. */
function holder(file: string) {
  const code = `
    import { lock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
    const held = await lock(process.argv[1], new AbortController().signal);
    console.log('held');
    process.stdin.on('end', () => held.release().then(() => process.exit())).resume();
  `;
  return spawn(process.execPath, ['--input-type=module', '-e', code, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

describe('lock', () => {
  let folder = '';
  let file = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kind-node-lock-'));
    file = join(folder, 'x.lock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('names its owner and leaves nothing behind', async () => {
    const held = await lock(file, forever);
    assert.match(await readFile(file, 'utf8'), new RegExp(`^${process.pid} (\\d+|-) `));
    await held.release();
    await held.release();
    assert.deepEqual(await readdir(folder), []);
  });

  it('lets one in at a time', async () => {
    let inside = 0;
    let entered = 0;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        await using _ = await lock(file, forever);
        inside += 1;
        entered += 1;
        assert.equal(inside, 1);
        await readdir(folder);
        inside -= 1;
      }),
    );
    assert.equal(entered, 20);
    assert.deepEqual(await readdir(folder), []);
  });

  it('waits for another process and goes on when that one releases', async () => {
    const other = holder(file);
    await once(other.stdout, 'data');
    let mine = false;
    const waiting = lock(file, forever).then((held) => {
      mine = true;
      return held;
    });
    assert.match(await readFile(file, 'utf8'), new RegExp(`^${other.pid} `));
    assert.equal(mine, false);
    other.stdin.end();
    await (await waiting).release();
    assert.equal(mine, true);
  });

  it('takes over from a process that was killed', async () => {
    const other = holder(file);
    await once(other.stdout, 'data');
    const waiting = Promise.all(
      Array.from({ length: 5 }, async () => {
        await using _ = await lock(file, forever);
        return readFile(file, 'utf8');
      }),
    );
    other.kill('SIGKILL');
    for (const owner of await waiting) assert.match(owner, new RegExp(`^${process.pid} `));
    assert.deepEqual(await readdir(folder), []);
  });

  it('does not take another process with a reused id for the owner', async function () {
    if (process.platform !== 'linux') this.skip();
    await writeFile(file, `${process.pid} 1 long-ago\n`);
    await using held = await lock(file, forever);
    assert.ok(held);
  });

  it('gives up when its signal says so, and names the owner', async () => {
    await using _ = await lock(file, forever);
    await assert.rejects(lock(file, AbortSignal.timeout(20)), {
      code: 'DEADLINE',
      message: `${file} is held by process ${process.pid}`,
    });
    assert.deepEqual(await readdir(folder), ['x.lock']);
  });

  it('of dead owners is swept, with what they left beside it; that of a living one stays', async () => {
    const held = await lock(join(folder, 'held.lock'), forever);
    const left = ['x.lock', 'x.lock.takeover', 'x.lock.0b1c'].map((name) => join(folder, name));
    for (const path of left) await writeFile(path, `${process.pid} 1 long-ago\n`);
    await writeFile(join(folder, 'unrelated'), '');
    assert.deepEqual((await staleLocks(folder)).sort(), [...left].sort());
    assert.deepEqual((await sweepLocks(folder, forever)).sort(), [...left].sort());
    assert.deepEqual((await readdir(folder)).sort(), ['held.lock', 'unrelated']);
    await held.release();
  });

  it('is none in a folder that is not there', async () => {
    assert.deepEqual(await staleLocks(join(folder, 'nowhere')), []);
  });
});
