import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alive, disown, own, owners } from './registry.ts';

describe('who owns a cluster', () => {
  const before = process.env.XDG_CACHE_HOME;
  let cache: string;

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'netproof-registry-'));
    process.env.XDG_CACHE_HOME = cache;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    await rm(cache, { recursive: true });
  });

  const facts = {
    kindName: 'netproof-bridge-1',
    cluster: 'bridge',
    run: 'r1',
    folder: '/r1',
  };

  it('is a living process until it says otherwise', async () => {
    await own(facts);
    const [owner] = await owners();
    assert(owner);
    assert.equal(owner.kept, false);
    assert(alive(owner));
    await disown(facts.kindName);
    assert.deepEqual(await owners(), []);
  });

  it('says of one that was kept what it was made of', async () => {
    const provenance = [{ name: 'a', version: 'v1', origin: 'present', from: 'b', key: 'c' } as const];
    await own({ ...facts, provenance }, true);
    const [owner] = await owners();
    assert(owner);
    // As a run does that takes it.
    await own(owner, true);
    assert.deepEqual(
      (await owners()).map(({ kept, provenance }) => ({ kept, provenance })),
      [{ kept: true, provenance }],
    );
  });

  it('is dead when the process is gone, or when another has its pid', async () => {
    await own(facts);
    const [owner] = await owners();
    assert(owner);
    assert(!alive({ ...owner, started: '1' }));
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    assert(!alive({ ...owner, pid: child.pid ?? 0 }));
  });
});
