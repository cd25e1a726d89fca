import assert from 'node:assert/strict';
import { type Progress, ProgressMeter } from './progress.ts';

describe('progress', () => {
  it('adds up the parts by weight, never more than all, and names what is going on', () => {
    const told: Progress[] = [];
    const parts = [
      { name: 'a', doing: 'making a', weight: 3 },
      { name: 'b', doing: 'making b', weight: 1 },
    ];
    const meter = new ProgressMeter(parts, (progress) => told.push(progress));
    meter.started('a');
    meter.started('b');
    meter.report('a', 0.5);
    meter.report('a', 7);
    meter.finished('a');
    meter.finished('b');
    assert.deepEqual(
      told.map(({ fraction }) => fraction),
      [0, 0, 0.375, 0.75, 0.75, 1],
    );
    assert.equal(told[1]?.doing, 'making a, making b');
    assert.equal(told[0]?.secondsLeft, undefined);
    assert.equal(told.at(-1)?.secondsLeft, 0);
  });
});
