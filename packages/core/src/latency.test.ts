import assert from 'node:assert/strict';
import { Judge } from './judge.ts';
import { type Comparison, judgeLatency } from './latency.ts';
import { resultOf } from './result.ts';

const ratio = { value: 1.2, low: 1.1, high: 1.4, limit: 3, finds: 400 };
const comparison = (change: Partial<Comparison> = {}): Comparison => ({
  path: 'pod → pod',
  baseline: 'node → node',
  connections: 'new',
  blocks: [],
  ratio,
  confidence: 0.993,
  histogram: [],
  guards: [{ name: 'k6 was throttled', value: '0 times', ok: true }],
  lost: { path: [], baseline: [] },
  ...change,
});

const throttled = [{ name: 'k6 was throttled', value: '7 times', ok: false }];
const slow = { value: 4, low: 3.1, high: 5, limit: 3, finds: 0 };

describe('latency', () => {
  for (const [title, change, result, message] of [
    ['below its limit with its whole interval', {}, 'pass', /^$/],
    [
      'above its limit with its whole interval',
      { ratio: slow },
      'fail',
      /4\.00 times .*3\.10 to 5\.00.*limit 3/,
    ],
    ['on both sides of its limit', { ratio: { ...slow, low: 2.9 } }, 'inconclusive', /decides nothing/],
    ['at its limit', { ratio: { ...ratio, high: 3 } }, 'inconclusive', /decides nothing/],
    ['no number', { ratio: { ...ratio, high: Number.NaN } }, 'inconclusive', /decides nothing/],
    [
      'too coarse to find 5 ms',
      { ratio: { ...ratio, finds: 5_001 } },
      'inconclusive',
      /less than 5\.00 ms more/,
    ],
    ['slow, but in noise', { ratio: slow, guards: throttled }, 'inconclusive', /throttled: 7 times/],
    ['fast, but in noise', { guards: throttled }, 'inconclusive', /throttled: 7 times/],
    [
      'lost in three turns',
      { lost: { path: ['a', 'b', 'c'], baseline: [] } },
      'fail',
      /lost in 3 turns.*: a$/,
    ],
    ['lost once', { lost: { path: ['a'], baseline: [] } }, 'inconclusive', /lost in 1 turns/],
    [
      'lost in three turns, but in noise',
      { lost: { path: ['a', 'b', 'c'], baseline: [] }, guards: throttled },
      'inconclusive',
      /7 times/,
    ],
    [
      'lost, and so its baseline',
      { lost: { path: ['a', 'b', 'c'], baseline: ['d'] } },
      'inconclusive',
      /no baseline for pod → pod: d/,
    ],
  ] as const) {
    it(`${title} is ${result}`, () => {
      const judge = new Judge();
      judgeLatency(judge, comparison(change));
      assert.equal(resultOf(judge.judgement), result);
      assert.match(judge.judgement.findings[0]?.message ?? '', message);
    });
  }

  it('without an interval is inconclusive', () => {
    const { ratio: _, ...without } = comparison();
    const judge = new Judge();
    judgeLatency(judge, without);
    assert.equal(resultOf(judge.judgement), 'inconclusive');
  });
});
