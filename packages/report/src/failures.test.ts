import assert from 'node:assert/strict';
import { type JournalEvent, results } from '@netproof/core';
import { failuresOf } from './failures.ts';
import { alone } from './merge.ts';
import { model } from './testing/page.ts';
import { failingRun, interruptedRun, passingRun, proveRun, runWith } from './testing/runs.ts';

const of = (events: readonly JournalEvent[]) => alone(model(events));

describe('failuresOf', () => {
  it('is empty where nothing failed', () => {
    assert.deepEqual(failuresOf(of(passingRun())), []);
  });

  it('has as many lines as the totals count failures, each with its check and its first finding', () => {
    for (const events of [failingRun(), proveRun(), ...results.map((result) => runWith(result))]) {
      const run = model(events);
      const failures = failuresOf(alone(run));
      assert.equal(failures.length, run.totals.failed);
      for (const line of failures) assert.match(line, /^\S+\/\S+ \[\S+\].*: .+$/);
    }
    const [first] = failuresOf(of(failingRun()));
    const finding = model(failingRun()).checks.flatMap(({ outcomes }) =>
      outcomes.flatMap(({ findings }) => findings),
    );
    assert.ok(first?.endsWith(finding[0]?.message ?? 'a finding'), first);
  });

  it('names what failed, not what was undecided before it', () => {
    const findings = [
      { kind: 'inconclusive', message: 'two pairs are not known' },
      { kind: 'error', message: 'one was not asked' },
      { kind: 'fail', message: 'one was answered by another' },
    ] as const;
    const [first] = failuresOf(of(runWith('fail', { findings: [...findings] })));
    assert.ok(first?.endsWith(': one was answered by another'), first);
  });

  it('says what was running when the run was interrupted', () => {
    assert.match(failuresOf(of(interruptedRun())).join('\n'), /it was running when the run ended/);
  });
});
