import assert from 'node:assert/strict';
import { linear, logarithmic } from './plot.ts';

describe('axes', () => {
  it('put values where they belong', () => {
    const log = logarithmic(10, 1000, 0, 100);
    assert.deepEqual([10, 100, 1000].map(log.at).map(Math.round), [0, 50, 100]);
    assert.deepEqual([1, 2, 3].map(linear(1, 3, 50, 10).at), [50, 30, 10]);
  });

  it('have round ticks inside, and no more than can be read', () => {
    assert.deepEqual(logarithmic(40, 900, 0, 1).ticks, [50, 100, 200, 500]);
    assert.deepEqual(logarithmic(0.9, 12_000, 0, 1).ticks, [1, 10, 100, 1000, 10_000]);
    assert.deepEqual(linear(0.95, 2.05, 0, 1).ticks, [1, 1.5, 2]);
    assert.deepEqual(linear(0.88, 1.32, 0, 1).ticks, [0.9, 1, 1.1, 1.2, 1.3]);
    assert.deepEqual(linear(0, 40, 0, 1).ticks, [0, 10, 20, 30, 40]);
  });

  it('live with a single value', () => {
    assert.ok(Number.isFinite(linear(1, 1, 0, 10).at(1)));
    assert.ok(Number.isFinite(logarithmic(5, 5, 0, 10).at(5)));
  });
});
