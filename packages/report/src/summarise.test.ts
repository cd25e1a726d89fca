import assert from 'node:assert/strict';
import { exitOf, type JournalEvent, type Result, results } from '@netproof/core';
import type { Journal } from './read-journal.ts';
import { summarise } from './summarise.ts';
import { cellStarted, clusterIp, noNat } from './testing/cluster.ts';
import { failingRun, interruptedRun, passingRun, proveRun, resumedRun, runWith } from './testing/runs.ts';
import { severalRuns } from './testing/several.ts';

function journal(events: readonly JournalEvent[], more: Partial<Journal> = {}): Journal {
  return { file: 'out/run/journal.jsonl', events, ...more };
}

function without(
  events: readonly JournalEvent[],
  ...names: JournalEvent['event'][]
): readonly JournalEvent[] {
  return events.filter(({ event }) => !names.includes(event));
}

describe('summarise', () => {
  it('puts a passing run together', () => {
    const model = summarise(journal(passingRun()));
    assert.deepEqual(model.totals, { passed: 2, failed: 0, skipped: 0 });
    assert.deepEqual(
      model.checks.map(({ id }) => id),
      [noNat.id, clusterIp.id],
    );
    const [first, second] = model.checks.map(({ outcomes }) => outcomes[0]!);
    assert.equal(first?.cells.length, 108);
    assert.deepEqual(first?.probes, { connected: 108 });
    assert.equal(second?.samples.length, 3);
    assert.equal(model.clusters[0]?.endpoints.length, 9);
    assert.equal(model.run.interrupted, false);
    assert.equal(model.conclusion.result, 'pass');
    assert.match(model.conclusion.sentence, /^Both checks that apply on bridge pass: 114 facts judged\.$/);
  });

  it('puts a run together that was broken off and resumed', () => {
    const model = summarise(journal(resumedRun()));
    assert.deepEqual(model.totals, { passed: 2, failed: 0, skipped: 0 });
    assert.deepEqual(
      model.checks.map(({ outcomes }) => outcomes.map(({ result }) => result)),
      [['pass'], ['pass']],
    );
    assert.equal(model.run.interrupted, false);
    assert.match(model.conclusion.sentence, /^Both checks that apply on bridge pass/);
  });

  it('gives a cluster all its phases, those before it was there included', () => {
    const [cluster] = summarise(journal(passingRun())).clusters;
    assert.deepEqual(
      cluster?.phases.map(({ phase }) => phase),
      ['images', 'kind create', 'CNI', 'nodes and CoreDNS', 'probes', 'teardown'],
    );
  });

  it('names the check that failed', () => {
    const model = summarise(journal(failingRun()));
    assert.deepEqual(model.totals, { passed: 1, failed: 1, skipped: 0 });
    assert.equal(model.conclusion.sentence, `1 of 2 checks on bridge fails: ${noNat.id}.`);
    assert.deepEqual(
      model.clusters[0]?.streams.map(({ state }) => state),
      ['lost', 'returned'],
    );
  });

  for (const result of results) {
    it(`agrees with the totals and the exit code of a run that ends with ${result}`, () => {
      const events = runWith(result);
      const { totals, conclusion, run } = summarise(journal(events));
      assert.equal(totals.passed + totals.failed + totals.skipped, 1);
      assert.equal(run.exit, exitOf([{ result }]));
      assert.equal(conclusion.result === 'pass', run.exit === 0);
      assert.equal(totals.failed > 0, run.exit === 1 || run.exit === 4);
    });
  }

  it('never calls a run good that ended badly', () => {
    const vanished = passingRun().map(
      (event): JournalEvent =>
        event.event === 'run-finished' ? { ...event, exit: 3, message: 'Docker is gone' } : event,
    );
    const { conclusion } = summarise(journal(vanished));
    assert.equal(conclusion.result, 'error');
    assert.match(conclusion.sentence, /exit code 3: Docker is gone/);
  });

  it('never calls a run good in which a planned check was forgotten', () => {
    const forgotten = passingRun().filter((event) => !('check' in event) || event.check !== clusterIp.id);
    const { conclusion, checks } = summarise(journal(forgotten));
    assert.equal(checks[1]?.outcomes[0]?.result, 'not-run');
    assert.equal(conclusion.result, 'error');
  });

  it('shows how far an interrupted run came', () => {
    const events = interruptedRun();
    const model = summarise(journal(events, { tornAt: events.length + 1 }));
    assert.equal(model.run.interrupted, true);
    assert.equal(model.run.exit, undefined);
    assert.equal(model.conclusion.result, 'interrupted');
    assert.match(
      model.run.stops[0] ?? '',
      new RegExp(`the run ended here, while line ${events.length + 1} was`),
    );
    assert.deepEqual(
      model.checks.map(({ outcomes }) => outcomes[0]?.result),
      ['pass', 'unfinished'],
    );
    assert.deepEqual(model.totals, { passed: 1, failed: 1, skipped: 0 });
  });

  it('counts a run that its user stopped as interrupted', () => {
    const stopped = passingRun().map(
      (event): JournalEvent => (event.event === 'run-finished' ? { ...event, exit: 130 } : event),
    );
    assert.equal(summarise(journal(stopped)).conclusion.result, 'interrupted');
  });

  it('keeps a failure though the run was interrupted after it', () => {
    const { conclusion } = summarise(journal(without(failingRun(), 'run-finished')));
    assert.equal(conclusion.result, 'fail');
    assert.match(conclusion.sentence, /ended before it was finished/);
  });

  it('counts the cells of the kill matrix in prove mode', () => {
    const good = summarise(journal(proveRun()));
    assert.equal(good.killMatrix?.length, 10);
    assert.deepEqual(good.totals, { passed: 10, failed: 0, skipped: 0 });
    assert.equal(good.conclusion.result, 'pass');
    assert.deepEqual(
      good.clusters[0]?.faults.map(({ effect }) => effect),
      [324, 1689],
    );
    const blind = summarise(journal(proveRun({ blind: true })));
    assert.deepEqual(blind.totals, { passed: 9, failed: 1, skipped: 0 });
    assert.match(blind.conclusion.sentence, /cluster-ip under biased-service-chain must fail, was pass/);
  });

  it('does not call a proof good in which a check was not proved', () => {
    const events = proveRun().flatMap((event): JournalEvent[] => {
      if (event.event === 'run-finished') return [{ ...event, exit: 5 }];
      return event.event === 'kill' && event.fault === 'biased-service-chain' ? [] : [event];
    });
    const { conclusion, totals } = summarise(journal(events));
    assert.equal(totals.failed, 0);
    assert.equal(conclusion.result, 'inconclusive');
    assert.match(
      conclusion.sentence,
      /^1 check is not proved: services\/load-balancing\/cluster-ip \(no fault was/,
    );
  });

  it('does not call a proof broken in which a check did not apply', () => {
    const events = proveRun().map((event): JournalEvent => {
      if (event.event === 'run-finished') return { ...event, exit: 5 };
      const idle =
        (event.event === 'kill' || event.event === 'check-finished') && event.check === clusterIp.id;
      return idle ? { ...event, result: 'not-applicable' } : event;
    });
    const { conclusion, totals } = summarise(journal(events));
    assert.deepEqual(totals, { passed: 5, failed: 0, skipped: 5 });
    assert.equal(conclusion.result, 'inconclusive');
    assert.match(conclusion.sentence, /^Not all checks are proved: 1 of them does not apply/);
  });

  it('takes no sight for no defect', () => {
    const { conclusion, totals } = summarise(journal(proveRun({ starved: true })));
    assert.deepEqual(totals, { passed: 14, failed: 0, skipped: 0 });
    assert.equal(conclusion.result, 'pass');
  });

  it('says that a cluster does not apply, unless the run went wrong', () => {
    const events = severalRuns()['cilium-native']!;
    const model = summarise(journal(events));
    assert.deepEqual(model.totals, { passed: 0, failed: 0, skipped: 0 });
    assert.equal(model.conclusion.result, 'not-applicable');
    assert.match(
      model.conclusion.sentence,
      /^cilium-native does not apply to this machine: the kernel has no/,
    );
    assert.equal(model.clusters[0]?.notApplicable?.length, 2);
    const broken = events.map(
      (event): JournalEvent => (event.event === 'run-finished' ? { ...event, exit: 4 } : event),
    );
    assert.equal(summarise(journal(broken)).conclusion.result, 'error');
    assert.equal(summarise(journal(without(events, 'run-finished'))).conclusion.result, 'interrupted');
  });

  it('proves nothing without a fault', () => {
    const untried = proveRun().filter((event) => event.event !== 'kill' || event.fault === 'none');
    assert.equal(summarise(journal(untried)).conclusion.result, 'nothing-judged');
  });

  it('does not take a fault’s failure for one of the cluster', () => {
    const { checks } = summarise(journal(proveRun()));
    assert.deepEqual(
      checks[0]?.outcomes.map(({ fault, result }) => [fault, result]),
      [
        [undefined, 'pass'],
        ['masquerade-between-nodes', 'fail'],
        [undefined, 'pass'],
        ['biased-service-chain', 'pass'],
        [undefined, 'pass'],
      ],
    );
  });

  it('refuses journals that tell of no run, or in the wrong order', () => {
    assert.throws(() => summarise(journal([], { tornAt: 1 })), { code: 'JOURNAL_EMPTY' });
    const [started, ...rest] = runWith('pass');
    const misplaced = [started!, ...rest.filter(({ event }) => event !== 'cell-started')];
    assert.throws(() => summarise(journal(misplaced)), { code: 'JOURNAL_INVALID' });
    assert.throws(() => summarise(journal(without(passingRun(), 'check-started'))), {
      code: 'JOURNAL_INVALID',
    });
  });

  it('reports a run that got no cluster', () => {
    const early = passingRun().slice(0, 3);
    const end: JournalEvent = { t: early[2]!.t, event: 'run-finished', exit: 3, message: 'no Docker' };
    const model = summarise(journal([...early, end]));
    assert.equal(model.clusters.length, 0);
    assert.equal(model.run.phases.length, 2);
    assert.equal(model.conclusion.result, 'error');
  });

  it('keeps the plan of a cluster apart from what came of it', () => {
    const { checks } = summarise(journal(runWith('pass' satisfies Result)));
    const { outcomes: _, ...facts } = checks[0]!;
    assert.deepEqual(facts, cellStarted.checks[0]);
  });
});
