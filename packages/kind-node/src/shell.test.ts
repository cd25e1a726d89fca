import assert from 'node:assert/strict';
import { Shell } from './shell.ts';

describe('a shell', () => {
  const { signal } = new AbortController();
  const started = (...docker: string[]) => {
    const shell = new Shell(docker, process.env);
    return { run: shell.run.bind(shell), [Symbol.dispose]: () => shell.end() };
  };

  it('that ends without an error under a command is no success of the command', async () => {
    using cut = started('sh', '-c', 'read -r command; echo half');
    assert.deepEqual(await cut.run(['true'], signal), { stdout: 'half\n', stderr: '', exitCode: 128 });
    // Nor of one that came too late.
    assert.equal((await cut.run(['true'], signal)).exitCode, 128);
  });

  it('that cannot be started says so', async () => {
    using none = started('/no/such/docker', 'exec', 'a-worker', 'sh');
    const error = { code: 'COMMAND_MISSING', message: '/no/such/docker could not be started' };
    await assert.rejects(none.run(['true'], signal), error);
    await assert.rejects(none.run(['true'], signal), error);
  });

  it('names the node of a command that did not end in time', async () => {
    using shell = started('env', '--', 'sh');
    await assert.rejects(shell.run(['ip', 'link'], AbortSignal.abort()), {
      code: 'ABORTED',
      message: 'env sh ip was interrupted',
    });
  });

  it('gives through many pieces, characters that are cut in two, and what is none', async () => {
    using shell = started('sh');
    const odd = `printf '\\342'; printf '\\202\\254\\n\\303'`;
    assert.equal((await shell.run(['sh', '-c', odd], signal)).stdout, '€\n\ufffd');
    const long = await shell.run(['sh', '-c', 'seq 1000000; seq 1000000 >&2; exit 9'], signal);
    const expected = Array.from({ length: 1_000_000 }, (_, at) => `${at + 1}\n`).join('');
    assert.ok(long.stdout === expected && long.stderr === expected);
    assert.equal(long.exitCode, 9);
  });
});
