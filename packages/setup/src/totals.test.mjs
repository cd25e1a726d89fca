// @ts-check
import assert from 'node:assert/strict';
import { failuresIn, line, sum, totalsIn } from './totals.mjs';

const part = (/** @type {Partial<import('./totals.mjs').Part>} */ changes = {}) => ({
  title: 'netproof run',
  exitCode: 0,
  totals: { passed: 2, failed: 0, skipped: 1 },
  failures: [],
  ...changes,
});

describe('the totals of a test run', () => {
  it('add up, and end with 0 where nothing failed', () => {
    const { totals, complaints, exitCode } = sum([
      part(),
      part({ totals: { passed: 40, failed: 0, skipped: 0 } }),
    ]);
    assert.equal(line(totals), '42 passed, 0 failed, 1 skipped');
    assert.deepEqual(complaints, []);
    assert.equal(exitCode, 0);
  });

  it('take what is known to fail for skipped', () => {
    const json = (/** @type {unknown} */ known) =>
      JSON.stringify({ totals: { passed: 2, failed: 0, skipped: 1, known } });
    assert.deepEqual(totalsIn(json(2)), { passed: 2, failed: 0, skipped: 3 });
    assert.deepEqual(totalsIn(json(undefined)), { passed: 2, failed: 0, skipped: 1 });
    assert.equal(totalsIn(json('two')), undefined);
  });

  it('end with 1 where something failed, which is counted once', () => {
    const { totals, complaints, exitCode } = sum([
      part(),
      part({ exitCode: 1, totals: { passed: 1, failed: 3, skipped: 0 }, failures: ['one', 'two', 'three'] }),
    ]);
    assert.deepEqual(totals, { passed: 3, failed: 3, skipped: 1 });
    assert.deepEqual(complaints, ['netproof run: one', 'netproof run: two', 'netproof run: three']);
    assert.equal(exitCode, 1);
  });

  it('count a part that died without results as one failure, by name', () => {
    const { totals, complaints, exitCode } = sum([
      part(),
      part({ title: 'netproof prove', exitCode: 137, totals: undefined }),
    ]);
    assert.deepEqual(totals, { passed: 2, failed: 1, skipped: 1 });
    assert.deepEqual(complaints, ['netproof prove ended with exit code 137 and without its results']);
    assert.equal(exitCode, 1);
  });

  it('count results that are missing as one failure even where the exit code is 0', () => {
    assert.equal(sum([part({ totals: undefined })]).totals.failed, 1);
  });

  it('count a bad end without a failed check as one failure', () => {
    const { complaints, totals } = sum([part({ exitCode: 5 })]);
    assert.deepEqual(complaints, ['netproof run ended with exit code 5']);
    assert.equal(totals.failed, 1);
  });

  it('let a part stay undecided that may, where it counted that and more that passed', () => {
    const open = { exitCode: 5, mayBeOpen: true };
    assert.deepEqual(sum([part({ ...open, totals: { passed: 9, failed: 0, skipped: 1 } })]).complaints, []);
    assert.equal(sum([part({ ...open, totals: { passed: 9, failed: 0, skipped: 0 } })]).totals.failed, 1);
    assert.equal(sum([part({ ...open, totals: { passed: 4, failed: 0, skipped: 5 } })]).totals.failed, 1);
    assert.equal(sum([part({ exitCode: 5, totals: { passed: 9, failed: 0, skipped: 1 } })]).totals.failed, 1);
  });

  it('count a part that tested nothing as one failure', () => {
    const { complaints, exitCode } = sum([part({ totals: { passed: 0, failed: 0, skipped: 7 } })]);
    assert.deepEqual(complaints, ['netproof run tested nothing']);
    assert.equal(exitCode, 1);
  });

  it('of no part at all are no success', () => {
    assert.equal(sum([]).exitCode, 1);
  });
});

describe('the failures in a document', () => {
  it('are those of all clusters', () => {
    const json = '{"clusters":[{"failures":["a","b"]},{"failures":[]},{"failures":["c"]}]}';
    assert.deepEqual(failuresIn(json), ['a', 'b', 'c']);
  });

  it('are none where it is cut off or has none', () => {
    for (const json of ['', '{"clusters":[', 'null', '{}', '{"clusters":[null,{}]}']) {
      assert.deepEqual(failuresIn(json), [], json);
    }
  });
});

describe('the totals in a document', () => {
  it('are read beside whatever else it says', () => {
    const json = '{"totals":{"passed":3,"failed":0,"skipped":1,"more":1},"checks":[]}';
    assert.deepEqual(totalsIn(json), { passed: 3, failed: 0, skipped: 1 });
  });

  it('are none where it is cut off, has none, or they are not counts', () => {
    for (const json of [
      '',
      '{"totals":{"passed":',
      'null',
      '[]',
      '{}',
      '{"totals":null}',
      '{"totals":{"passed":1,"failed":0}}',
    ]) {
      assert.equal(totalsIn(json), undefined, json);
    }
    assert.equal(totalsIn('{"totals":{"passed":"1","failed":0,"skipped":0}}'), undefined);
    assert.equal(totalsIn('{"totals":{"passed":1,"failed":-1,"skipped":0}}'), undefined);
  });
});
