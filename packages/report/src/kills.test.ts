import assert from 'node:assert/strict';
import { asExpected, type Expectation, type Result } from '@netproof/core';
import { countKills, unproved } from './kills.ts';
import type { Kill } from './model.ts';

function kill(fault: string, expectation: Expectation, result: Result): Kill {
  return {
    cluster: 'bridge',
    check: 'a/b',
    fault,
    expectation,
    result,
    asExpected: asExpected(expectation, result),
  };
}

const green = kill('none', 'never', 'pass');
const red = kill('cut', 'must', 'fail');

describe('the cells of a kill matrix', () => {
  it('are counted, each once', () => {
    const kills = [
      green,
      red,
      kill('cut', 'must', 'pass'),
      kill('other', 'never', 'inconclusive'),
      kill('throttled', 'clouded', 'inconclusive'),
      kill('throttled', 'clouded', 'fail'),
      kill('far', 'never', 'not-applicable'),
      kill('met', 'may', 'fail'),
      // The fault touched nothing of it.
      { ...kill('unmet', 'may', 'fail'), asExpected: false },
      // Noise left it open, and it was asked once more.
      { ...kill('late', 'must', 'inconclusive'), askedAgain: true },
      kill('late', 'must', 'fail'),
    ];
    assert.deepEqual(countKills(kills), { expected: 5, unexpected: 2, open: 3, notApplicable: 1 });
  });

  it('prove a check that was red under what must redden it, and green without', () => {
    assert.deepEqual(unproved([green, red]), []);
    // Red in one of two rounds is enough: the other may have been left open.
    assert.deepEqual(unproved([green, kill('cut', 'must', 'inconclusive'), red]), []);
  });

  for (const [why, kills] of Object.entries({
    'no fault was tried that must turn it red': [green, kill('some', 'may', 'fail')],
    'no fault was tried that must turn it red, only throttled, which takes its sight': [
      green,
      kill('throttled', 'clouded', 'inconclusive'),
    ],
    'it did not turn red under cut or blow': [
      green,
      kill('cut', 'must', 'pass'),
      // What is red though the fault touched nothing of its traffic is no proof.
      { ...kill('blow', 'must', 'fail'), asExpected: false },
    ],
    'it did not pass without a fault': [kill('none', 'never', 'inconclusive'), red],
  })) {
    it(`leave a check unproved: ${why}`, () => {
      assert.deepEqual(unproved(kills), [{ check: 'a/b', why }]);
    });
  }

  it('ask nothing of a check that does not apply', () => {
    assert.deepEqual(
      unproved([kill('none', 'never', 'not-applicable'), kill('cut', 'must', 'not-applicable')]),
      [],
    );
  });
});
