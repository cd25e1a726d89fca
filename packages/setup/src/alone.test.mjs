// @ts-check
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { alone } from './alone.mjs';

/** Of this test run alone. */
const name = `netproof-test-${process.pid}`;

/**
 * Another process that does its part alone: says `in`, waits for its input to end, says `out`.
 *
 * @param {string} lock
 */
function another(lock) {
  const script = `
    const { alone } = await import(${JSON.stringify(new URL('alone.mjs', import.meta.url).href)});
    await alone(async () => {
      process.stdout.write('in\\n');
      await new Promise((resolve) => process.stdin.on('end', resolve).resume());
      process.stdout.write('out\\n');
    }, ${JSON.stringify(lock)});`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'pipe' });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    said.out += text;
  });
  child.stderr.on('data', (text) => {
    said.err += text;
  });
  return { child, said };
}

describe('two set-ups at once', () => {
  it('go one after the other, and the second is told for whom it waits', async () => {
    const first = another(name);
    await once(first.child.stdout, 'data');
    const second = another(name);
    await once(second.child.stderr, 'data');
    assert.match(
      second.said.err,
      new RegExp(`^• waiting for another set-up: process ${first.child.pid} \\(`),
    );
    assert.equal(second.said.out, '');
    first.child.stdin.end();
    await once(second.child.stdout, 'data');
    assert.equal(first.said.out, 'in\nout\n');
    second.child.stdin.end();
    await once(second.child, 'close');
    assert.equal(second.said.out, 'in\nout\n');
  });

  it('do not wait for one that was killed', async () => {
    const first = another(name);
    await once(first.child.stdout, 'data');
    first.child.kill('SIGKILL');
    await once(first.child, 'close');
    assert.equal(await alone(async () => 'done', name), 'done');
  });

  it('let the next one in after a failure', async () => {
    await assert.rejects(
      alone(() => Promise.reject(new Error('no disk')), name),
      /no disk/,
    );
    assert.equal(await alone(async () => 'done', name), 'done');
  });
});
