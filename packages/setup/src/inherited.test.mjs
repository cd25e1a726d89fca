// @ts-check
import assert from 'node:assert/strict';
import { run } from './command.mjs';

/**
 * Runs a script in a process of its own that has it run by `inherited`, because some send signals to their parent.
 *
 * @param {string} script
 */
async function ended(script) {
  const argv = JSON.stringify([process.execPath, '--eval', script]);
  const host = `
    import { inherited } from ${JSON.stringify(new URL('inherited.mjs', import.meta.url).href)};
    const ended = await inherited(${argv});
    console.log(JSON.stringify({ ...ended, listeners: process.listenerCount('SIGINT') }));`;
  return JSON.parse(await run([process.execPath, '--input-type=module', '--eval', host]));
}

describe('a command that has our terminal', () => {
  it('hands back its exit code, and leaves no listener', async () => {
    assert.deepEqual(await ended('process.exit(7)'), { exitCode: 7, interrupted: false, listeners: 0 });
  });

  it('hands back 128 and the number of the signal that ended it', async () => {
    const { exitCode, interrupted } = await ended('process.kill(process.pid, "SIGKILL")');
    assert.deepEqual({ exitCode, interrupted }, { exitCode: 137, interrupted: false });
  });

  it('gets a SIGTERM that is sent to us', async () => {
    const { exitCode, interrupted } = await ended(
      'setInterval(() => {}, 1000); process.kill(process.ppid, "SIGTERM")',
    );
    assert.deepEqual({ exitCode, interrupted }, { exitCode: 143, interrupted: true });
  });

  it('is waited for after Ctrl-C, which it gets from the terminal', async () => {
    const { exitCode, interrupted } = await ended('process.kill(process.ppid, "SIGINT"); process.exit(130)');
    assert.deepEqual({ exitCode, interrupted }, { exitCode: 130, interrupted: true });
  });
});
