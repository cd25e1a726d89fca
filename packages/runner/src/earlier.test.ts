import assert from 'node:assert/strict';
import type { JournalEvent, Provenance } from '@netproof/core';
import {
  type Earlier,
  earlierOf,
  exitOfEarlier,
  isDone,
  planOf,
  refuseDone,
  sameImages,
  sameSharedImages,
} from './earlier.ts';

const provenance: Provenance[] = [
  { name: 'node', version: 'v1', origin: 'built', from: 'source', key: 'k1' },
];
const ids = ['a/one', 'a/two', 'b/one'];
const started = { event: 'run-started', run: 'r1', mode: 'run', coverage: 'nodes', provenance };
const cell = { event: 'cell-started', cluster: 'bridge', checks: ids.map((id) => ({ id })) };

const journal = (...events: object[]) => events as unknown as JournalEvent[];
const finished = (results: Record<string, string>) =>
  Object.entries(results).map(([check, result]) => ({ event: 'check-finished', check, result }));

function earlier(...events: object[]): Earlier {
  const found = earlierOf(journal(started, ...events), ids);
  assert.ok(found);
  return found;
}

describe('a run that was broken off', () => {
  it('has left what did not begin, what did not end and what ended in an error', () => {
    const { left, results } = earlier(cell, ...finished({ 'a/one': 'fail', 'a/two': 'error' }));
    assert.deepEqual(left, ['a/two', 'b/one']);
    assert.deepEqual(results, [{ result: 'fail' }]);
  });

  it('goes on from its last try, when it is resumed twice', () => {
    const tries = [...finished({ 'a/one': 'pass', 'a/two': 'error' }), ...finished({ 'a/two': 'pass' })];
    assert.deepEqual(earlier(cell, ...tries).left, ['b/one']);
  });

  it('has all left that was planned where its cluster did not come up, or it had not begun', () => {
    assert.deepEqual(earlier({ event: 'run-finished', exit: 3 }).left, ids);
    assert.equal(earlierOf([], ids), undefined);
  });

  it('has nothing left where its cluster was not applicable', () => {
    const before = earlier(
      { event: 'cell-not-applicable', cluster: 'bridge', reasons: ['no ipip'] },
      { event: 'run-finished', exit: 0 },
    );
    assert.deepEqual([before.left, before.lacks, exitOfEarlier(before)], [[], ['no ipip'], 0]);
    assert.ok(isDone(before));
  });

  it('is done only where its journal also says how it ended', () => {
    const all = finished({ 'a/one': 'pass', 'a/two': 'inconclusive', 'b/one': 'not-applicable' });
    const end = (exit: number) => ({ event: 'run-finished', exit });
    const done = earlier(cell, ...all, end(5));
    assert.ok(isDone(done));
    assert.equal(exitOfEarlier(done), 5);
    for (const tail of [[], [end(130)], [end(5), { event: 'run-resumed' }]]) {
      const open = earlier(cell, ...all, ...tail);
      assert.deepEqual([open.left, isDone(open)], [[], false]);
    }
  });

  it('is planned as its journal says where there is no plan', () => {
    assert.deepEqual(planOf(journal(started, cell)), {
      run: 'r1',
      mode: 'run',
      clusters: [{ name: 'bridge' }],
      coverage: 'nodes',
      checks: ids,
    });
    const shard = { index: 2, of: 3 };
    assert.deepEqual(planOf(journal({ ...started, shard }, cell)).shard, shard);
    assert.throws(() => planOf(journal(started)), /not begun with any check/);
  });

  it('is refused where every cluster is done, or faults were proved', () => {
    const plan = { run: 'r1', mode: 'run', clusters: [{ name: 'a' }, { name: 'b' }], checks: ids } as const;
    const all = finished({ 'a/one': 'pass', 'a/two': 'pass', 'b/one': 'pass' });
    const done = earlier(cell, ...all, { event: 'run-finished', exit: 0 });
    const refused = { code: 'NOT_RESUMABLE', exit: 2 };
    const planned = { ...plan, clusters: [...plan.clusters], coverage: 'all' as const };
    assert.throws(() => refuseDone(planned, new Map(Object.entries({ a: done, b: done }))), {
      ...refused,
      message: /every check of it has come to a result/,
    });
    refuseDone(planned, new Map([['a', done]]));
    refuseDone(planned, new Map(Object.entries({ a: done, b: earlier(cell) })));
    assert.throws(() => refuseDone({ ...planned, mode: 'prove' }, new Map()), {
      ...refused,
      message: /it is a proof/,
    });
  });

  it('is not resumed with other images', () => {
    const refused = { code: 'IMAGES_CHANGED', exit: 2, message: /other images were made: node/ };
    const other = provenance.map((one) => ({ ...one, key: 'k2' }));
    sameImages(provenance, provenance);
    assert.throws(() => sameImages(provenance, other), refused);
    assert.throws(() => sameImages([], provenance), refused);
  });

  it('has clusters whose shared images are the same, each with some of its own', () => {
    const own = { name: 'node-calico', version: 'v1', origin: 'built', from: 'source', key: 'k3' } as const;
    sameSharedImages(provenance, [...provenance, own]);
    assert.throws(() => sameSharedImages(provenance, [{ ...provenance[0]!, key: 'k2' }, own]), {
      code: 'IMAGES_CHANGED',
      message: /other images were made: node$/,
    });
  });
});
