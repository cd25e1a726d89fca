import assert from 'node:assert/strict';
import type { Counted, JournalEvent } from '@netproof/core';
import { earlierOf, isDone } from './earlier.ts';
import type { Journal } from './journal.ts';
import { runInMocha } from './mocha-run.ts';
import { checksOnce } from './suite-run.ts';
import { checkThat, contextWith, MemoryJournal } from './testing.ts';
import type { Told } from './ui.ts';

const ids = ['a/one', 'a/two', 'b/one', 'b/two'];
const divergence = {
  reason: 'nodes masquerade',
  reference: 'https://example.org/issues/1',
  expires: '2027-03-01',
  expired: false,
};

/** One check fails; it, or the one before it, may be recorded as known to. */
async function run(bail: boolean, known: readonly string[] = []) {
  const journal = new MemoryJournal();
  const told: (Told | undefined)[] = [];
  const results: Counted[] = [];
  const groups = checksOnce(
    {
      checks: ids.map((id) =>
        checkThat(async ({ judge }) => judge.holds(id !== 'a/two', 'the network is wrong'), { id }),
      ),
      context: contextWith(),
      journal: journal as unknown as Journal,
      cluster: 'fake',
      where: '--cluster fake',
      divergences: new Map(known.map((id) => [id, divergence])),
      coverage: 'all',
      vanished: async () => undefined,
      collect: async () => ({ folder: 'reports/fake', files: [], problems: [] }),
      onLine: (_, one) => told.push(one),
    },
    results,
  );
  const { signal } = new AbortController();
  const { left } = await runInMocha(groups, { signal, bail });
  const started = { event: 'run-started', run: 'r1', mode: 'run', provenance: [] };
  const cell = { event: 'cell-started', cluster: 'fake', checks: ids.map((id) => ({ id })) };
  const end = { event: 'run-finished', exit: 1 };
  const events = [started, cell, ...journal.events, end] as unknown as JournalEvent[];
  return { left, told, results, earlier: earlierOf(events, ids) };
}

describe('checks, each once', () => {
  it('are all run, and told with what was found', async () => {
    const { left, told, results, earlier } = await run(false);
    assert.deepEqual(left, []);
    assert.equal(results.length, 4);
    assert.ok(isDone(earlier));
    const { ms, ...failed } = told[1]!;
    assert.ok(ms >= 0);
    assert.deepEqual(failed, {
      event: 'result',
      check: 'a/two',
      cluster: 'fake',
      result: 'fail',
      state: 'red',
      judged: 1,
      findings: ['the network is wrong'],
      evidence: 'reports/fake',
      again: 'pnpm netproof run --cluster fake --check a/two',
    });
    assert.deepEqual(
      told.map((one) => one?.state),
      ['good', 'red', 'good', 'good'],
    );
  });

  it('end after the first that fails where they are told to, and the rest can be resumed', async () => {
    const { left, results, earlier } = await run(true);
    assert.deepEqual(left, ['b/one', 'b/two']);
    assert.deepEqual(results, [{ result: 'pass' }, { result: 'fail' }]);
    assert.deepEqual(earlier?.left, ['b/one', 'b/two']);
    assert.deepEqual(earlier?.results, results);
    assert.ok(!isDone(earlier));
  });

  it('go on after one that is known to fail, which is told as that', async () => {
    const { left, told, earlier } = await run(true, ['a/two']);
    assert.deepEqual([left, earlier?.left], [[], []]);
    const { result, state, note } = told[1]!;
    assert.deepEqual([result, state, note], ['fail', 'known', 'known: nodes masquerade, until 2027-03-01']);
  });

  it('end after one that passes though it is known to fail, as after any that fails the run', async () => {
    const { left, told, results } = await run(true, ['a/one']);
    assert.deepEqual(left, ['a/two', 'b/one', 'b/two']);
    assert.deepEqual(results, [{ result: 'pass', divergence }]);
    assert.equal(told[0]?.state, 'red');
    assert.match(told[0]?.note ?? '', /^unexpected pass, known to fail until 2027-03-01/);
  });
});
