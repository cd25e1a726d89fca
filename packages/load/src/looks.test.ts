import assert from 'node:assert/strict';
import { type Arm, connections, Judge, judgeLatency, type LatencyPlan, resultOf } from '@netproof/core';
import type { Turn } from './arm.ts';
import { comparison, mostPairs } from './comparison.ts';
import { lookedAt } from './looks.ts';

const plan = { names: { path: 'pod → pod', baseline: 'node → node' }, limit: 3 } as LatencyPlan;

type Turns = Readonly<Record<Arm, readonly Turn[]>>;

/** The path's times of so many pairs; the baseline takes 100 µs in each. */
function turnsOf(count: number, path: (pair: number) => number, lost: readonly number[] = []): Turns {
  const turns = (time: (pair: number) => number, second: number) =>
    Array.from({ length: count }, (_, pair) => {
      const asked = lost.includes(pair) && second === 0 ? { lost: 'timed out' } : {};
      return {
        turn: 2 * pair + second,
        new: { times: [time(pair)], ...asked },
        kept: { times: [time(pair)] },
      };
    });
  return { path: turns(path, 0), baseline: turns(() => 100, 1) };
}

function resultAt(turns: Turns, pairs: number): string {
  const judge = new Judge();
  for (const kind of connections) judgeLatency(judge, comparison(kind, plan, turns, [], pairs));
  return resultOf(judge.judgement);
}

/** Three of sixteen pairs are slow for the machine's sake: one too many for the first look. */
const blurred = (pair: number) => (pair < 3 ? 900 : 120);

describe('looks', () => {
  it('wait for their pairs', () => {
    assert.deepEqual(
      lookedAt(
        plan,
        turnsOf(15, () => 120),
      ),
      { pairs: 16, enough: false },
    );
  });

  for (const [what, time] of [
    ['passes', 120],
    ['fails', 900],
  ] as const) {
    it(`end with the first where it ${what}`, () => {
      const turns = turnsOf(40, () => time);
      assert.deepEqual(lookedAt(plan, turns), { pairs: 16, enough: true });
    });
  }

  it('go on where one decides nothing, and all turns count at the next', () => {
    assert.deepEqual(lookedAt(plan, turnsOf(20, blurred)), { pairs: 32, enough: false });
    assert.equal(resultAt(turnsOf(20, blurred), 16), 'inconclusive');
    assert.deepEqual(lookedAt(plan, turnsOf(32, blurred)), { pairs: 32, enough: true });
    assert.equal(resultAt(turnsOf(32, blurred), 32), 'pass');
  });

  it('end undecided with the last', () => {
    const turns = turnsOf(mostPairs, (pair) => (pair % 2 === 0 ? 900 : 120));
    assert.deepEqual(lookedAt(plan, turns), { pairs: mostPairs, enough: true });
    assert.equal(resultAt(turns, mostPairs), 'inconclusive');
  });

  it('end at once where enough is lost, and with the first where anything is', () => {
    assert.deepEqual(lookedAt(plan, turnsOf(3, blurred, [0, 1, 2])), { pairs: 16, enough: true });
    assert.deepEqual(lookedAt(plan, turnsOf(3, blurred, [1])), { pairs: 16, enough: false });
    assert.deepEqual(lookedAt(plan, turnsOf(16, blurred, [1])), { pairs: 16, enough: true });
  });

  it('turn a path at its limit red no more often than one look of 99 % would', () => {
    let state = 1;
    const coin = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const rounds = 1_000;
    const found = { pass: 0, fail: 0 } as Record<string, number>;
    const seen = new Set<number>();
    for (let round = 0; round < rounds; round += 1) {
      const turns = turnsOf(mostPairs, () => 300 * 2 ** (coin() - 0.5));
      const { pairs } = lookedAt(plan, turns);
      const result = resultAt(turns, pairs);
      found[result] = (found[result] ?? 0) + 1;
      seen.add(pairs);
    }
    // Half of one per cent to each side, and three standard deviations of chance.
    const most = rounds * 0.005 + 3 * Math.sqrt(rounds * 0.005);
    assert.ok((found.fail ?? 0) <= most && (found.pass ?? 0) <= most, JSON.stringify(found));
    // Else only the last look was tried.
    assert.ok(seen.size > 1, `${[...seen]}`);
  });
});
