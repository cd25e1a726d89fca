import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { lock } from './lock.ts';
import type { Progress } from './progress.ts';
import { testFolder } from './testing.ts';

const signal = new AbortController().signal;

/** Another process that holds the lock until it is killed. */
async function otherOwner(folder: string): Promise<ChildProcess> {
  const script = `
    const { lock } = await import(${JSON.stringify(join(import.meta.dirname, 'lock.ts'))});
    await lock(${JSON.stringify(folder)}, { signal: new AbortController().signal, onProgress() {} });
    console.log('held');
    setInterval(() => {}, 1 << 30);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

describe('the lock', () => {
  it('lets the second wait for the first, and tells it whom it waits for', async () => {
    await using folder = await testFolder();
    const order: string[] = [];
    const first = await lock(folder.path, { signal, onProgress: () => assert.fail('nobody else holds it') });
    const waiting = Promise.withResolvers<Progress>();
    const second = lock(folder.path, { signal, onProgress: waiting.resolve }).then((held) => {
      order.push('second');
      return held;
    });
    const { doing } = await waiting.promise;
    assert.equal(doing, `waiting for another build (process ${process.pid})`);
    order.push('released');
    await first[Symbol.asyncDispose]();
    await (await second)[Symbol.asyncDispose]();
    assert.deepEqual(order, ['released', 'second']);
  });

  it('of a dead process is taken over', async () => {
    await using folder = await testFolder();
    const other = await otherOwner(folder.path);
    const told: string[] = [];
    await using _ = await lock(folder.path, {
      signal,
      onProgress({ doing }) {
        told.push(doing);
        other.kill('SIGKILL');
      },
    });
    assert.deepEqual(told, [`waiting for another build (process ${other.pid})`]);
  });

  it('is not waited for after an interruption', async () => {
    await using folder = await testFolder();
    const stop = new AbortController();
    await using _ = await lock(folder.path, {
      signal,
      onProgress: () => assert.fail('nobody else holds it'),
    });
    const waiting = lock(folder.path, {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('Ctrl-C')),
    });
    await assert.rejects(waiting, /Ctrl-C/);
  });
});
