import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Provenance } from '@netproof/core';
import type { ClusterFolder } from './clusters.ts';
import { kindProvider } from './kind-provider.ts';
import type { Owner } from './registry.ts';

describe('what a cluster was made of', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netproof-kept-'));
    await writeFile(join(folder, 'mine.tar'), 'first');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const kubernetes = (key: string): Provenance => ({
    name: 'node',
    version: 'v1',
    origin: 'built',
    from: 'go',
    key,
  });

  function look(node: string, kept?: readonly Provenance[]) {
    const lines: string[] = [];
    const spec = { images: ['mine.tar'], cni: { version: 'v1.0.0' } };
    const provider = kindProvider({
      cluster: { name: 'mine', folder, spec } as unknown as ClusterFolder,
      images: { provenance: [kubernetes(node)] },
      on: kept && ({ kindName: 'netproof-mine-1', provenance: kept } as unknown as Owner),
      ui: { line: (text: string) => lines.push(text) },
    } as unknown as Parameters<typeof kindProvider>[0]);
    return { provenance: provider.provenance(), again: () => provider.provenance(), lines };
  }

  it('is looked at once, when it is made', async () => {
    const { provenance, again } = look('a');
    const before = await provenance;
    await writeFile(join(folder, 'mine.tar'), 'second');
    assert.deepEqual(await again(), before);
    assert.notDeepEqual(await look('a').provenance, before);
  });

  it('is what is told of one that was kept, with a line where other images are here now', async () => {
    const kept = await look('a').provenance;
    const same = look('a', kept);
    assert.deepEqual(await same.provenance, kept);
    assert.deepEqual(same.lines, []);

    await writeFile(join(folder, 'mine.tar'), 'second');
    const other = look('b', kept);
    assert.deepEqual(await other.provenance, kept);
    const line = '! netproof-mine-1 is judged as it was kept, not with what is here now: node, mine.tar';
    assert.deepEqual(other.lines, [line]);

    await rm(join(folder, 'mine.tar'));
    const gone = look('b', kept);
    assert.deepEqual(await gone.provenance, kept);
    assert.deepEqual(gone.lines, [line]);
    const half = look('a', kept);
    await half.provenance;
    assert.deepEqual(half.lines, [line.replace('node, ', '')]);
  });
});
