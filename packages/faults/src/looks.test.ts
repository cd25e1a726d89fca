import assert from 'node:assert/strict';
import { looks } from './looks.ts';

describe('looks for a fault', () => {
  for (const [what, seen, counted] of [
    ['at both ends', [true, true, true], [0, 1, 2]],
    ['not before', [false, true, true], [0, 0, 1]],
    ['not after', [true, false, true], [0, 0, 0]],
  ] as const) {
    it(`count where it is found: ${what}`, async () => {
      const left = [...seen];
      const effect = looks(async () => left.shift() ?? assert.fail());
      const counts: number[] = [];
      for (const _ of seen) counts.push(await effect());
      assert.deepEqual(counts, counted);
    });
  }
});
