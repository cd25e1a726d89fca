import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shardFrom, shareOf } from './shard.ts';

const checks = fc
  .uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 60 })
  .map((ids) => ids.map((id) => ({ id })));

describe('a share of the checks', () => {
  it('has each check exactly once among all shares, which differ by one at most', () => {
    fc.assert(
      fc.property(checks, fc.nat(), (all, seed) => {
        const of = 1 + (seed % all.length);
        const shares = Array.from({ length: of }, (_, at) => shareOf(all, { index: at + 1, of }));
        const sizes = shares.map(({ length }) => length);
        const ids = shares.flat().map(({ id }) => id);
        assert.deepEqual(ids.toSorted(), all.map(({ id }) => id).toSorted());
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
      }),
    );
  });

  it('is the same in whatever order the checks come, and keeps that order', () => {
    fc.assert(
      fc.property(checks, fc.nat(), fc.nat(), (all, turn, seed) => {
        const of = 1 + (seed % all.length);
        const shard = { index: 1 + (turn % of), of };
        const at = turn % all.length;
        const turned = [...all.slice(at), ...all.slice(0, at)];
        const share = new Set(shareOf(all, shard));
        assert.deepEqual(
          shareOf(turned, shard),
          turned.filter((check) => share.has(check)),
        );
      }),
    );
  });

  it('is refused where there are more shares than checks', () => {
    assert.throws(() => shareOf([{ id: 'a' }, { id: 'b' }], { index: 1, of: 3 }), {
      code: 'SHARD_EMPTY',
      exit: 2,
      message: '2 checks cannot be shared out to 3',
    });
  });

  it('is read from i/n, and from nothing else', () => {
    assert.deepEqual(shardFrom('2/3'), { index: 2, of: 3 });
    for (const text of ['', '2', '0/3', '4/3', '-1/3', '1/0', '1.5/3', '1/3/5', ' 1/3', 'a/b', '1/99999'])
      assert.throws(() => shardFrom(text), RangeError, text);
  });
});
