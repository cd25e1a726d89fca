import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dnsOf, startOf } from './judged-run.ts';
import { line } from './ready.ts';
import { type Differences, verdictOf } from './shortcuts.ts';

const none: Differences = { broke: [], mended: [], new: [], gone: [], otherwise: [], same: 30 };

describe('shortcuts', () => {
  it('count where every verdict is the same', () => {
    assert.deepEqual(verdictOf(none), { alike: true, words: 'all 30 verdicts are the same' });
  });

  for (const kind of ['broke', 'mended', 'new', 'gone', 'otherwise'] as const) {
    it(`do not where one is ${kind}`, () => {
      const { alike, words } = verdictOf({ ...none, [kind]: [{}], same: 29 });
      assert(!alike);
      assert.match(words, new RegExp(`1 ${kind}, 29 verdicts the same$`));
    });
  }

  it('do not where nothing was judged', () => {
    assert(!verdictOf({ ...none, same: 0 }).alike);
  });
});

describe('the start of a run', () => {
  const phase = (name: string, ms: number, more = {}) =>
    JSON.stringify({ t: '', event: 'phase', phase: name, ms, ...more });
  const written = async (...lines: readonly string[]) => {
    const folder = await mkdtemp(join(tmpdir(), 'netproof-test-'));
    await writeFile(join(folder, 'journal.jsonl'), `${lines.join('\n')}\n`);
    return folder;
  };

  it('is from nothing to ready', async () => {
    const phases = [phase('kind create', 20_000), phase('cluster ready', 5_000), phase('probes', 3_000)];
    const folder = await written('{"event":"run-started"}', ...phases);
    assert.equal(await startOf(folder), 25_000);
    await rm(folder, { recursive: true });
  });

  it('is not that of a run on a cluster that was there', async () => {
    const folder = await written(phase('probes', 3_000));
    await assert.rejects(startOf(folder), /has other phases than kind create, cluster ready/);
    await rm(folder, { recursive: true });
  });

  it('is told apart from the answer of DNS, which the probes come before', async () => {
    const phases = [phase('cluster ready', 5_000), phase('probes', 3_000), phase('DNS answers pods', 310)];
    const folder = await written(...phases);
    assert.equal(await dnsOf(folder), 310);
    assert.equal(
      line('bridge', [{ ready: 29_000, dns: 310 }]),
      'bridge is ready: 29.0 s median (29.0–29.0, 1 runs); its DNS then answers the probes within 0.31 s median (0.31–0.31, 1 runs)',
    );
    await rm(folder, { recursive: true });
  });

  it('has no figure for a DNS that did not answer', async () => {
    const folder = await written(phase('DNS answers pods', 60_000, { why: 'not within 60 s' }));
    await assert.rejects(dnsOf(folder), /DNS answers pods: not within 60 s$/);
    await rm(folder, { recursive: true });
  });
});
