import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { freePort } from '../testing/local-agents.ts';
import { startAgent } from './agent.ts';
import { pipe } from './pipe.ts';

describe('pipe', () => {
  it('joins a stream to the resident process and ends with its input', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'netproof-pipe-'));
    const socket = join(folder, 'agent.sock');
    const end = () => assert.fail('nobody told it to end');
    const plan = { id: 'x/a', ports: [await freePort()], address: '127.0.77.9', socket, end };
    const agent = await startAgent(plan);
    const [input, output] = [new PassThrough(), new PassThrough()];
    const piped = pipe(socket, input, output);
    const [hello] = await once(output, 'data');
    assert.equal(JSON.parse(hello.toString()).id, 'x/a');
    input.end();
    await piped;
    agent.close();
    rmSync(folder, { recursive: true });
  });

  it('says that no agent listens', async () => {
    const nowhere = join(tmpdir(), 'netproof-no-such.sock');
    await assert.rejects(pipe(nowhere, new PassThrough(), new PassThrough()), { code: 'ENOENT' });
  });
});
