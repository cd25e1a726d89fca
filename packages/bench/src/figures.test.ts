import assert from 'node:assert/strict';
import { median, spread } from './figures.ts';

describe('figures', () => {
  it('have the middle value as their median', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([4, 1, 2, 100]), 3);
    assert.throws(() => median([]));
  });

  it('are shown with their spread', () => {
    assert.equal(spread([3, 1, 2]), '2 ms median (1–3, 3 runs)');
  });
});
