import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { NetproofError } from '@netproof/core';
import { Tools } from './tool.ts';

describe('a tool', () => {
  const never = new AbortController().signal;

  it('gives its standard output, and its standard error to the log', async () => {
    const lines: string[] = [];
    const tools = new Tools((line) => lines.push(line), never);
    assert.equal(await tools.run(['sh', '-c', 'echo out; echo err >&2; printf end >&2']), 'out\n');
    assert.deepEqual(lines.slice(1), ['err', 'end']);
  });

  it('that fails says how, and its last lines', async () => {
    const tools = new Tools(() => {}, never);
    await assert.rejects(tools.run(['sh', '-c', 'echo why >&2; exit 3']), (error: NetproofError) => {
      assert.equal(error.code, 'TOOL_FAILED');
      assert.match(error.message, /sh: exit code 3 .*\n {2}why$/);
      return true;
    });
  });

  it('that is not there says so', async () => {
    const tools = new Tools(() => {}, never);
    await assert.rejects(tools.run(['netproof-no-such-tool']), /could not be started/);
  });

  it('ends with its children when the signal says so', async () => {
    const stop = new AbortController();
    const tools = new Tools(() => {}, stop.signal);
    const running = tools.start(['sh', '-c', 'sleep 600 & echo $!; wait']);
    const [line] = await once(running.stdout, 'data');
    const child = `/proc/${String(line).trim()}`;
    assert.ok(existsSync(child));
    stop.abort(new Error('Ctrl-C'));
    await assert.rejects(running.done, /Ctrl-C/);
    assert.ok(await gone(child), 'the child of the tool is gone');
  });
});

/** A killed process leaves /proc when its new parent has waited for it, which is soon but not at once. */
async function gone(path: string): Promise<boolean> {
  const end = performance.now() + 2_000;
  while (existsSync(path) && performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
  return !existsSync(path);
}
