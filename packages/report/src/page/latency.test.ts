import assert from 'node:assert/strict';
import { noNat } from '../testing/cluster.ts';
import { latencyEvent } from '../testing/latencies.ts';
import { page, plain } from '../testing/page.ts';
import { setUp, stamped, tearDown } from '../testing/runs.ts';
import { mixedRun } from '../testing/wide.ts';

/** The page of a run with one check that measured this, and judged nothing. */
function pageOf(
  change: (event: ReturnType<typeof latencyEvent>) => Partial<ReturnType<typeof latencyEvent>>,
): string {
  const event = latencyEvent(noNat.id, { factor: 2, limit: 3 });
  return page(
    stamped([
      ...setUp,
      { event: 'check-started', check: noNat.id },
      { ...event, ...change(event) },
      ...tearDown(4),
    ]),
  );
}

const block = (arm: 'path' | 'baseline', p50: number, max: number) => ({
  arm,
  n: 100,
  quantiles: { p50, p90: p50 * 2, p95: p50 * 3, p99: p50 * 4, max },
});

describe('latency on the page', () => {
  it('has the quantiles of each arm: the median of the blocks, and the largest', () => {
    const blocks = [
      block('path', 200, 9_000),
      block('baseline', 100, 500),
      block('path', 300, 800),
      block('baseline', 110, 400),
      block('path', 100, 700),
    ];
    const rows = [
      ...pageOf(() => ({ blocks })).matchAll(/<tr><th scope="row"[^>]*>(.*?)<\/th>(.*?)<\/tr>/gs),
    ].map(([, head = '', cells = '']) => [
      plain(head).trim(),
      ...[...cells.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = '']) => plain(cell)),
    ]);
    const of = (name: string) => rows.find(([head]) => head === name)?.slice(1, 3);
    assert.deepEqual(of('values'), ['300', '200']);
    assert.deepEqual(of('p50'), ['200 µs', '105 µs']);
    assert.deepEqual(of('p95'), ['600 µs', '315 µs']);
    assert.deepEqual(of('p99'), ['800 µs', '420 µs']);
    assert.deepEqual(of('max'), ['9.0 ms', '500 µs']);
    assert.ok(rows.filter(([head]) => /^[1-5]$/.test(head ?? '')).length === 5, 'each block');
  });

  it('shows the ratio with its interval against the limit', () => {
    const text = pageOf(({ ratio }) => ({
      ratio: { ...ratio, p50: { value: 2, low: 1.9, high: 2.1, limit: 3 } },
    }));
    assert.match(
      text,
      /× 2\.00<\/strong><br><span class="sub">1\.90 to 2\.10<\/span><br><span class="sub">limit 3\.00/,
    );
    assert.match(text, />limit × 3</);
    assert.match(text, /99 % interval/);
  });

  for (const [tone, low, high] of [
    ['under', 1.5, 2.9],
    ['across', 2.5, 3.5],
    ['over', 3.1, 3.6],
  ] as const) {
    it(`draws an interval ${tone} the limit as such`, () => {
      const p50 = { value: (low + high) / 2, low, high, limit: 3 };
      assert.match(
        pageOf(() => ({ ratio: { p50 } })),
        new RegExp(`<g class="${tone}"><path class="interval"`),
      );
    });
  }

  it('draws curves that rise to the right, that of the slower path behind the other', () => {
    const [, path = '', baseline = ''] =
      /<path class="arm path" d="M([^"]*L[^"]*)"\/>\s*<path class="arm baseline" d="M([^"]*)"/.exec(
        pageOf(() => ({})),
      ) ?? [];
    const points = (d: string) =>
      d.split('L').map((point) => point.split(' ').map(Number) as [number, number]);
    for (const d of [path, baseline]) {
      const all = points(d);
      assert.ok(all.length > 10);
      for (const [at, [x, y]] of all.entries()) {
        const [before = x, above = y] = all[at - 1] ?? [];
        assert.ok(x >= before && y <= above, d);
      }
    }
    const halfway = (d: string) => points(d).find(([, y]) => y < 100)![0];
    assert.ok(halfway(path) > halfway(baseline));
  });

  it('says which guard was breached', () => {
    const text = plain(page(mixedRun()));
    assert.match(text, /✗ stolen time: 14 % too noisy to judge/);
    assert.match(text, /✓ CPU throttling: 0 periods/);
  });

  it('lives without a histogram and without guards', () => {
    const text = pageOf(() => ({ histogram: [], guards: [] }));
    assert.doesNotMatch(text, /NaN|Infinity|<path class="arm path" d="M[\d.]+ [\d.]+L/);
  });
});
