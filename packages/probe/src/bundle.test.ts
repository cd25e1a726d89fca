import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundleAgent } from './bundle.ts';

describe('bundleAgent', () => {
  it('is one file that runs by itself and needs nothing but Node', async () => {
    const source = await bundleAgent();
    const imports = [...source.matchAll(/^import .* from "(.*)";$/gm)].map(([, name]) => name);
    assert.ok(imports.length > 0);
    assert.deepEqual(
      imports.filter((name) => !name?.startsWith('node:')),
      [],
    );

    const folder = mkdtempSync(join(tmpdir(), 'netproof-agent-'));
    const file = join(folder, 'agent.mjs');
    writeFileSync(file, source);
    const child = spawn(process.execPath, [file, 'pipe'], { stdio: ['pipe', 'ignore', 'pipe'] });
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    rmSync(folder, { recursive: true });
    assert.equal(code, 1);
    assert.match(said, /ENOENT.*netproof-agent\.sock/);
  });
});
