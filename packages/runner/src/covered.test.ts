import assert from 'node:assert/strict';
import type { Covered } from '@netproof/core';
import { coveredTables } from './covered.ts';

const covered: Covered = {
  coverage: 'nodes',
  pairs: 8,
  sources: 10,
  targets: 10,
  own: { asked: 2, of: 3 },
  others: { asked: 6, of: 6 },
};

describe('coveredTables', () => {
  it('says how many pairs were asked and of how many, each extent once', () => {
    assert.deepEqual(coveredTables([covered, { ...covered }]), [
      {
        title: 'Pairs asked: 8, of 10 clients × 10 servers (--coverage nodes)',
        columns: ['pairs of nodes', 'asked', 'of', 'a broken one is among them'],
        rows: [
          ['a node with itself', 2, 3, 'surely, if the check allows it'],
          ['two nodes, in one direction', 6, 6, 'surely'],
        ],
      },
    ]);
    assert.equal(coveredTables([covered, { ...covered, pairs: 9 }]).length, 2);
    assert.deepEqual(coveredTables([]), []);
  });

  it('says which share of broken pairs a sample would have met, and how surely', () => {
    const others = { asked: 75_000, of: 5_000 * 4_999 };
    const [table] = coveredTables([{ ...covered, coverage: 'sample', own: { asked: 0, of: 0 }, others }]);
    assert.deepEqual(table?.rows, [
      [
        'two nodes, in one direction',
        75_000,
        24_995_000,
        'with 95 %, if f = 0.0040 % of all are broken: 1 − (1 − f)^75000',
      ],
    ]);
    assert.ok(1 - (1 - 0.00004) ** 75_000 > 0.95);
  });
});
