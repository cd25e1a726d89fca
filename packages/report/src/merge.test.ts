import assert from 'node:assert/strict';
import type { JournalEvent } from '@netproof/core';
import { merge } from './merge.ts';
import { summarise } from './summarise.ts';
import { passingRun } from './testing/runs.ts';
import { severalProof, severalRuns } from './testing/several.ts';

const part = (folder: string, events: readonly JournalEvent[]) => ({
  folder,
  model: summarise({ file: `${folder}/journal.jsonl`, events }),
});

const several = merge(Object.entries(severalRuns()).map(([folder, events]) => part(folder, events)));

describe('merge', () => {
  it('puts runs in the order in which they began, and counts all of them', () => {
    assert.deepEqual(
      several.runs.map(({ name }) => name),
      ['bridge', 'flannel-vxlan', 'calico-vxlan', 'cilium-native'],
    );
    // 14 of bridge, 10 of flannel, 9 of calico; three of flannel and what calico did not finish.
    assert.deepEqual(several.totals, { passed: 33, failed: 4, skipped: 8 });
    const sum = several.runs.reduce((all, { model }) => all + model.totals.passed, 0);
    assert.equal(sum, several.totals.passed);
  });

  it('says who passed, the worst first', () => {
    assert.deepEqual(several.conclusion, {
      result: 'fail',
      sentence:
        'Of 4 clusters, flannel-vxlan fails; calico-vxlan ended in an error; bridge passes; cilium-native does not apply.',
    });
  });

  it('has what stands for each check in each run', () => {
    const byId = new Map(several.checks.map(({ id, outcomes }) => [id, outcomes.map((one) => one?.result)]));
    assert.equal(byId.size, 15);
    assert.deepEqual(byId.get('latency/other-node'), ['pass', 'inconclusive', 'pass', undefined]);
    assert.deepEqual(byId.get('network-policy/deny/ingress'), [
      'not-applicable',
      'not-applicable',
      'pass',
      undefined,
    ]);
    assert.deepEqual(byId.get('services/node-port/every-node'), ['pass', 'fail', 'not-run', undefined]);
  });

  it('calls all good only where all passed', () => {
    const bridge = severalRuns().bridge!;
    const flannel = bridge.map(
      (event): JournalEvent => (event.event === 'cell-started' ? { ...event, cluster: 'flannel' } : event),
    );
    const { conclusion } = merge([part('a', bridge), part('b', flannel)]);
    assert.deepEqual(conclusion, { result: 'pass', sentence: 'Both clusters pass: bridge and flannel.' });
    const cilium = severalRuns()['cilium-native']!;
    const some = merge([part('a', bridge), part('c', cilium)]).conclusion;
    assert.deepEqual(some, {
      result: 'pass',
      sentence: 'Of 2 clusters, bridge passes; cilium-native does not apply.',
    });
    assert.equal(merge([part('c', cilium)]).conclusion.result, 'not-applicable');
  });

  it('tells runs on one cluster apart by their times, else by their folders', () => {
    const proof = part('../later/20261121-191305-3fa9c1', severalProof());
    const twice = merge([part('one', passingRun()), proof]);
    assert.deepEqual(
      twice.runs.map(({ name }) => name),
      ['bridge of 2026-11-21 10:13:05 UTC', 'bridge of 2026-11-21 19:13:05 UTC'],
    );
    assert.match(twice.conclusion.sentence, /^Of 2 runs, bridge of 2026-11-21 19:13:05 UTC fails; bridge of/);
    const copied = merge([part('one', passingRun()), part('two', passingRun()), proof]);
    assert.deepEqual(
      copied.runs.map(({ name }) => name),
      ['bridge in one', 'bridge in two', 'bridge of 2026-11-21 19:13:05 UTC'],
    );
  });

  it('names a run that came to no cluster after its folder', () => {
    const [started, ...rest] = passingRun();
    const end: JournalEvent = { t: started!.t, event: 'run-finished', exit: 3, message: 'no Docker' };
    const dead = merge([
      part('calico-vxlan', [started!, ...rest.slice(0, 2), end]),
      part('bridge', passingRun()),
    ]);
    assert.deepEqual(dead.runs.map(({ name }) => name).toSorted(), ['bridge', 'calico-vxlan']);
    assert.equal(dead.conclusion.sentence, 'Of 2 clusters, calico-vxlan ended in an error; bridge passes.');
  });
});
