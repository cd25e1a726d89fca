import assert from 'node:assert/strict';
import type { JournalEvent, Provenance } from '@netproof/core';
import type { Images } from '@netproof/images';
import { earlierOf, sameImages } from './earlier.ts';

const provenance: Provenance[] = [
  { name: 'node', version: 'v1', origin: 'built', from: 'source', key: 'k1' },
];

function journal(mode: 'run' | 'prove', results: Record<string, string>): JournalEvent[] {
  const checks = ['a/one', 'a/two', 'b/one'].map((id) => ({ id }));
  return [
    { event: 'run-started', mode, provenance },
    { event: 'cell-started', cluster: 'bridge', checks },
    ...Object.entries(results).map(([check, result]) => ({ event: 'check-finished', check, result })),
  ] as unknown as JournalEvent[];
}

describe('a run that was broken off', () => {
  it('has left what did not begin, what did not end and what ended in an error', () => {
    const earlier = earlierOf(journal('run', { 'a/one': 'fail', 'a/two': 'error' }));
    assert.deepEqual(earlier.left, ['a/two', 'b/one']);
    assert.deepEqual(earlier.results, [{ result: 'fail' }]);
    assert.equal(earlier.cluster, 'bridge');
  });

  it('goes on from its last try, when it is resumed twice', () => {
    const events = journal('run', { 'a/one': 'pass', 'a/two': 'error' });
    const again = { event: 'check-finished', check: 'a/two', result: 'pass' } as unknown as JournalEvent;
    assert.deepEqual(earlierOf([...events, again]).left, ['b/one']);
  });

  it('is refused where nothing is left, nothing began, or faults were proved', () => {
    const done = { 'a/one': 'pass', 'a/two': 'inconclusive', 'b/one': 'not-applicable' };
    assert.throws(() => earlierOf(journal('run', done)), /every check of it has come to a result/);
    assert.throws(() => earlierOf(journal('run', {}).slice(0, 1)), /not begun with any check/);
    assert.throws(() => earlierOf(journal('prove', {})), /it is a proof/);
  });

  it('is not resumed with other images', () => {
    const earlier = earlierOf(journal('run', {}));
    sameImages(earlier, { provenance } as unknown as Images);
    const other = provenance.map((one) => ({ ...one, key: 'k2' }));
    assert.throws(
      () => sameImages(earlier, { provenance: other } as unknown as Images),
      /other images were made: node/,
    );
  });
});
