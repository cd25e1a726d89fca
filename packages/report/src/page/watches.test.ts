import assert from 'node:assert/strict';
import { noNat } from '../testing/cluster.ts';
import { assertInert, evil, harmless, marked, shapeOf } from '../testing/markup.ts';
import { page, plain } from '../testing/page.ts';
import { setUp, stamped, tearDown } from '../testing/runs.ts';
import { type Stretch, watchEvent, watchEvents } from '../testing/watches.ts';

/** The page of a run with one check that watched this, and judged nothing. */
const pageOf = (events: readonly ReturnType<typeof watchEvent>[]) => page(runOf(events));
const runOf = (events: readonly ReturnType<typeof watchEvent>[]) =>
  stamped([...setUp, { event: 'check-started', check: noNat.id }, ...events, ...tearDown(4)]);

/** The cells of each row of the table of watches. */
const rowsOf = (text: string) => {
  const [, rows = ''] =
    /<table aria-label="When changes came into force">.*?<tbody>(.*?)<\/tbody>/s.exec(text) ?? [];
  return [...rows.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => plain(cell)),
  );
};

/** Each block of a strip: its lane, where it begins and how wide it is. */
const blocksOf = (text: string) =>
  [...text.matchAll(/<rect class="tries (\w+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/g)].map(
    ([, lane, x, y, width]) => ({ lane, x: Number(x), y: Number(y), width: Number(width) }),
  );

describe('watches on the page', () => {
  it('have a row each: what came into force, when, how sharply that is known, and what was seen on the way', () => {
    const rows = rowsOf(pageOf(watchEvents(noNat.id)));
    assert.equal(rows.length, 5);
    assert.deepEqual(rows[0]?.slice(0, 6), ['x/a → y/b, TCP 8080', 'deny', '669 ms', '4.5 ms', '0', '0']);
    assert.deepEqual(rows[1]?.slice(1, 6), ['allow', '554 ms', '4.5 ms', '2', '5']);
    assert.deepEqual(rows[2]?.slice(1, 6), ['not known: it did not stay denied', '–', '–', '–', '–']);
    assert.deepEqual(rows[4]?.[1], 'not known: starved');
  });

  it('say whether what nobody changed stayed so', () => {
    const held = (stretches: readonly Stretch[]) => {
      const { acceptedAt: _, edge: __, reason: ___, ...event } = watchEvent(noNat.id, 'denied', stretches);
      return rowsOf(pageOf([event]))[0]?.slice(1, 3);
    };
    assert.deepEqual(held([[90, 'dropped']]), ['stayed denied', '–']);
    assert.deepEqual(
      held([
        [90, 'dropped'],
        [1, 'connected'],
      ]),
      ['did not stay denied', '–'],
    );
  });

  it('are drawn with a block for tries of one verdict in a row, one after the other, each outcome at its height', () => {
    const blocks = blocksOf(pageOf(watchEvents(noNat.id).slice(1, 2)));
    assert.deepEqual(
      blocks.map(({ lane }) => lane),
      ['denied', 'connected', 'denied', 'connected', 'denied', 'connected'],
    );
    for (const [at, { x, width }] of blocks.entries()) {
      const next = blocks[at + 1];
      // A single try is drawn wider than it was.
      if (next) assert.ok(x + width < next.x + 1.5 && x < next.x, `${at}`);
    }
    assert.equal(new Set(blocks.map(({ lane, y }) => `${lane} ${y}`)).size, 2);
  });

  it('show what is neither in a lane of its own, and that only where there is any', () => {
    const known: readonly Stretch[] = [
      [60, 'connected'],
      [60, 'refused'],
    ];
    const strip = (stretches: readonly Stretch[]) => pageOf([watchEvent(noNat.id, 'denied', stretches)]);
    assert.doesNotMatch(strip(known), />neither</);
    const text = strip([...known, [20, 'probe-error'], [60, 'refused']]);
    assert.match(text, />neither<\/text>/);
    assert.ok(blocksOf(text).some(({ lane, width }) => lane === 'neither' && width > 10));
  });

  it('mark the change and from when on it was in force, and say all of it in words', () => {
    const text = pageOf(watchEvents(noNat.id).slice(0, 1));
    assert.match(text, />change<\/text>.*>in force<\/text>/s);
    assert.match(text, /aria-label="212 connected from 0 ms, 90 dropped from 869 ms, denied from 869 ms on"/);
    assert.match(plain(text), /✓ connected, D dropped\. Each try/);
    assert.doesNotMatch(pageOf(watchEvents(noNat.id).slice(2, 3)), />in force<\/text>/);
  });

  it('take no markup from what a cluster says, and draw nothing that is no number', () => {
    const shape = (text: string) => shapeOf(page(marked(runOf(watchEvents(noNat.id)), text)));
    assert.deepEqual(shape(evil), shape(harmless));
    const text = pageOf(watchEvents(noNat.id));
    assertInert(text);
    assert.doesNotMatch(text, /NaN|Infinity/);
  });

  it('are none where no try was made', () => {
    const text = pageOf([
      watchEvent(noNat.id, 'denied', [], { reason: 'x/a: the control stream was closed' }),
    ]);
    assert.match(rowsOf(text)[0]?.[1] ?? '', /not known: x\/a: the control stream was closed/);
    assert.deepEqual(blocksOf(text), []);
  });
});
