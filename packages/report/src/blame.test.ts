import assert from 'node:assert/strict';
import type { JournalEvent, Verdict } from '@netproof/core';
import { blamed, keyOf } from './blame.ts';
import type { Outcome } from './model.ts';
import { noNat } from './testing/cluster.ts';
import { model } from './testing/page.ts';
import { noNatRun, passingRun, setUp, stamped } from './testing/runs.ts';
import { mixedRun } from './testing/wide.ts';

function outcomeOf(events: readonly JournalEvent[], check = noNat.id): Outcome {
  const [outcome] = model(events).checks.find(({ id }) => id === check)?.outcomes ?? [];
  assert.ok(outcome);
  return outcome;
}

/** A run in which UDP has a verdict and is called wrong, whose finding names only the first 5. */
function cutShort(verdict: Verdict): Outcome {
  const events = noNatRun(({ port }) => (port.protocol === 'UDP' ? { verdict } : {})).map((event) =>
    event.event === 'check-finished'
      ? {
          ...event,
          findings: event.findings.map(({ cells, ...finding }) => ({
            ...finding,
            cells: cells!.slice(0, 5),
          })),
        }
      : event,
  );
  return outcomeOf(stamped([...setUp, ...events]));
}

describe('blame', () => {
  it('completes a finding that was cut short where only those look like it', () => {
    const { cells, unnamed } = blamed(cutShort('dropped'));
    assert.equal(cells.size, 54);
    assert.equal(unnamed, 0);
    assert.ok([...cells.values()].every(({ port }) => port.protocol === 'UDP'));
  });

  it('says how many it cannot name where others look the same', () => {
    const outcome = cutShort('dropped');
    const alike = {
      ...outcome,
      cells: outcome.cells.map((cell) => ({ ...cell, verdict: 'dropped' as const })),
    };
    const { cells, unnamed } = blamed(alike);
    assert.equal(cells.size, 5);
    assert.equal(unnamed, 49);
  });

  it('tells probes of one pair from several source ports apart', () => {
    const [first] = outcomeOf(passingRun()).cells;
    assert.ok(first);
    const from = (sourcePort: number) => ({ ...first, port: { ...first.port, sourcePort } });
    assert.equal(new Set([first, from(61_000), from(61_001)].map(keyOf)).size, 3);
  });

  it('names the sample that a finding names', () => {
    const uneven = outcomeOf(mixedRun(), 'services/load-balancing/cluster-ip');
    assert.deepEqual([...blamed(uneven).samples], ['y/b Service x/balanced TCP 80']);
  });

  it('falls back on the samples with losses in journals whose findings name none, and only where the check failed', () => {
    const uneven = outcomeOf(mixedRun(), 'services/load-balancing/cluster-ip');
    const [first, ...rest] = uneven.samples;
    const lossy: Outcome = {
      ...uneven,
      findings: [{ kind: 'fail', message: '3 of 300 connections did not reach a backend' }],
      samples: [{ ...first!, verdicts: { connected: 297, dropped: 3 } }, ...rest],
    };
    assert.deepEqual([...blamed(lossy).samples], ['y/a Service x/balanced TCP 80']);
    assert.equal(blamed({ ...lossy, result: 'pass', findings: [] }).samples.size, 0);
  });
});
