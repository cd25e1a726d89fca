import assert from 'node:assert/strict';
import { tallyOf } from './suite-rows.ts';

describe('what came of a suite', () => {
  it('is what is worst in it, of all that apply', () => {
    assert.deepEqual(tallyOf(['pass', 'fail', 'inconclusive', 'not-applicable', 'fail', undefined]), {
      worst: 'fail',
      many: 2,
      of: 4,
      rest: [
        { word: 'inconclusive', many: 1 },
        { word: 'not-applicable', many: 1 },
      ],
    });
  });

  it('counts what was observed as passed', () => {
    assert.deepEqual(tallyOf(['observed', 'pass']), { worst: 'pass', many: 2, of: 2, rest: [] });
  });

  it('is nothing where nothing applies, or nothing was planned', () => {
    assert.deepEqual(tallyOf(['not-applicable']), { worst: 'not-applicable', many: 1, of: 0, rest: [] });
    assert.deepEqual(tallyOf([undefined]), { worst: undefined, many: 0, of: 0, rest: [] });
  });
});
