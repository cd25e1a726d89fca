import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  edgeOf,
  paceOf,
  settledAt,
  type Try,
  type TryVerdict,
  throughBefore,
  tryRuns,
  type WatchPlan,
} from './edge.ts';

const until = ['denied', 'connected'] as const satisfies readonly WatchPlan['until'][];
const verdictsOf = {
  connected: ['connected'],
  denied: ['dropped', 'refused', 'unreachable', 'reset'],
} as const satisfies Record<WatchPlan['until'], readonly TryVerdict[]>;
const letters: Readonly<Record<string, TryVerdict>> = {
  c: 'connected',
  d: 'dropped',
  r: 'refused',
  w: 'wrong-peer',
  '?': 'probe-error',
};

/** A try every 4 ms, a letter each. */
const triesOf = (text: string): readonly Try[] =>
  [...text].map((letter, index) => ({ at: index * 4, verdict: letters[letter]! }));
const seen = (text: string, until: WatchPlan['until'], more: { reason?: string } = {}) => {
  const tries = triesOf(text);
  const settled = settledAt(tries, { until, stable: 12 });
  return {
    until,
    tries,
    clockUncertainty: 0.5,
    ...(settled !== undefined && { settledAt: settled }),
    ...more,
  };
};

describe('edgeOf', () => {
  for (const [what, text, wanted, acceptedAt, expected] of [
    ['a deny edge', 'ccccdddd', 'denied', 6, ['deny', 10, 0, 0, 4.5]],
    ['an allow edge', 'ddddcccc', 'connected', 6, ['allow', 10, 0, 0, 4.5]],
    ['any typed negative as denied', 'ccccdrdr', 'denied', 6, ['deny', 10, 0, 0, 4.5]],
    ['each change back and each try that leaked', 'ccdccdcdddd', 'denied', 6, ['deny', 22, 2, 3, 4.5]],
    ['losses after the first connected try', 'dddcddcrcccc', 'connected', 6, ['allow', 26, 2, 3, 4.5]],
    ["somebody else's answer as not denied", 'ccdwdddd', 'denied', 6, ['deny', 10, 1, 1, 4.5]],
    ['nothing of a loss from before the change', 'cdccccdddd', 'denied', 10, ['deny', 14, 0, 0, 4.5]],
    ['unknown tries around the edge as doubt', 'ccc???dddd', 'denied', 6, ['deny', 18, 0, 0, 16.5]],
    ['what the nodes knew before its answer came', 'ccccdddd', 'denied', 18, ['deny', -2, 0, 0, 4.5]],
  ] as const) {
    it(`reads ${what}`, () => {
      const edge = edgeOf(seen(text, wanted), acceptedAt);
      assert.ok(edge.kind !== 'untold');
      assert.deepEqual([edge.kind, edge.ms, edge.flaps, edge.leaked, edge.resolution], expected);
    });
  }

  for (const [why, text, wanted, acceptedAt, expected] of [
    ['the outcome did not come', 'cccccccc', 'denied', 6, 'it did not stay denied'],
    ['it did not hold for long enough', 'ccccddd', 'denied', 6, 'it did not stay denied'],
    ['no try was made before', 'ccccdddd', 'denied', 0, 'no try before the change was connected'],
    ['it had been so before', 'dddddddd', 'denied', 6, 'no try before the change was connected'],
    ['nothing was known before', '??cccdddd', 'denied', 6, 'no try before the change was connected'],
    ['it came before the change', 'ccdddddd', 'denied', 16, 'it was denied before the change'],
    ['no try was made', '', 'connected', 6, 'it did not stay connected'],
  ] as const) {
    it(`tells none where ${why}`, () => {
      assert.deepEqual(edgeOf(seen(text, wanted), acceptedAt), { kind: 'untold', reason: expected });
    });
  }

  it('tells none where the watch is worth nothing, whatever its tries say', () => {
    const watch = seen('ccccdddd', 'denied', { reason: 'starved' });
    assert.deepEqual(edgeOf(watch, 6), { kind: 'untold', reason: 'starved' });
  });

  /** What a pair went through: stretches of the old outcome and of the new in turn, the first of the old, at least 1. */
  const story = fc
    .record({
      until: fc.constantFrom(...until),
      before: fc.integer({ min: 1, max: 20 }),
      flapping: fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })), {
        maxLength: 4,
      }),
      late: fc.integer({ min: 0, max: 20 }),
      pick: fc.infiniteStream(fc.nat(3)),
      gaps: fc.infiniteStream(fc.double({ min: 0.1, max: 30, noNaN: true })),
      held: fc.integer({ min: 1, max: 30 }),
      clockUncertainty: fc.double({ min: 0, max: 5, noNaN: true }),
    })
    .map(({ until, before, flapping, late, pick, gaps, held, clockUncertainty }) => {
      const other = until === 'denied' ? 'connected' : 'denied';
      const kinds = [
        ...Array.from({ length: before + late }, () => false),
        ...flapping.flatMap(([met, back]) => [
          ...Array.from({ length: met }, () => true),
          ...Array.from({ length: back }, () => false),
        ]),
        ...Array.from({ length: held }, () => true),
      ];
      let at = 0;
      const tries = kinds.map((met): Try => {
        const some = verdictsOf[met ? until : other];
        at += gaps.next().value;
        return { at, verdict: some[pick.next().value % some.length]! };
      });
      const edge = tries.length - held;
      const acceptedAt = tries[before - 1]!.at + 0.01;
      const watch = { until, tries, clockUncertainty, settledAt: tries[edge]!.at };
      return {
        watch,
        acceptedAt,
        edge,
        flaps: flapping.length,
        leaked: flapping.reduce((sum, [, back]) => sum + back, 0),
      };
    });

  it('finds the edge of every story that has one, its flaps and what leaked', () => {
    fc.assert(
      fc.property(story, ({ watch, acceptedAt, edge, flaps, leaked }) => {
        const { tries, clockUncertainty } = watch;
        const [previous, first] = [tries[edge - 1]!.at, tries[edge]!.at];
        assert.equal(settledAt(tries, { until: watch.until, stable: 0 }), first);
        assert.deepEqual(edgeOf(watch, acceptedAt), {
          kind: watch.until === 'denied' ? 'deny' : 'allow',
          ms: first - acceptedAt,
          flaps,
          leaked,
          resolution: first - previous + clockUncertainty,
        });
      }),
    );
  });

  it('is moved by nothing that is not known, which only makes it less sharp', () => {
    fc.assert(
      fc.property(story, fc.infiniteStream(fc.boolean()), ({ watch, acceptedAt, edge }, hide) => {
        const sharp = edgeOf(watch, acceptedAt);
        const tries = watch.tries.map((one, index): Try => {
          // The change and the first try that met it for good stay known.
          const kept = one.at < acceptedAt || index >= edge || !hide.next().value;
          return kept ? one : { ...one, verdict: 'probe-error' };
        });
        const blurred = edgeOf({ ...watch, tries }, acceptedAt);
        assert.ok(sharp.kind !== 'untold' && blurred.kind === sharp.kind);
        assert.equal(blurred.ms, sharp.ms);
        assert.ok(blurred.flaps <= sharp.flaps && blurred.leaked <= sharp.leaked);
        assert.ok(blurred.resolution >= sharp.resolution);
      }),
    );
  });
});

describe('throughBefore', () => {
  for (const [what, text, until, sentAt, count] of [
    ['what was open before the change', 'ddccccc', 'connected', 18.6, 2],
    ['nothing where it was denied until then', 'ddddccc', 'connected', 18.6, 0],
    ['no try that may have waited for the change', 'dddc?cc', 'connected', 16.4, 0],
    ['a try after which another was begun', 'dddc?cc', 'connected', 16.6, 1],
    ['nobody else and nothing unknown', 'dw?r?dd', 'connected', 24, 0],
    ['nothing where it is to be denied', 'ccccccc', 'denied', 18.6, 0],
    ['nothing where nothing was tried', '', 'connected', 18.6, 0],
  ] as const) {
    it(`counts ${what}`, () => {
      const watch = { until, tries: triesOf(text), clockUncertainty: 0.5 };
      assert.equal(throughBefore(watch, sentAt), count);
      assert.equal(throughBefore({ ...watch, reason: 'starved' }, sentAt), 0);
    });
  }
});

describe('settledAt', () => {
  it('is the first try of the last stretch, if that is long enough', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('c', 'd', 'r', 'w', '?'), maxLength: 60 }),
        fc.constantFrom(...until),
        fc.nat(80),
        (text, wanted, stable) => {
          const stretch = wanted === 'connected' ? /c[c?]*$/.exec(text) : /[dr][dr?]*$/.exec(text);
          const known = stretch?.[0].replace(/\?+$/, '') ?? '';
          const expected = stretch && (known.length - 1) * 4 >= stable ? stretch.index * 4 : undefined;
          assert.equal(settledAt(triesOf(text), { until: wanted, stable }), expected);
        },
      ),
    );
  });
});

describe('paceOf', () => {
  it('counts known tries alone: what is not known is a gap', () => {
    assert.deepEqual(paceOf(triesOf('cccccc'), 4), { rate: 250, longestGap: 4, stalls: 0 });
    assert.deepEqual(paceOf(triesOf('cc???c'), 4), { rate: 100, longestGap: 16, stalls: 1 });
    assert.deepEqual(paceOf(triesOf('????cc'), 4), { rate: 50, longestGap: 16, stalls: 1 });
    assert.deepEqual(paceOf(triesOf('cc????'), 4), { rate: 50, longestGap: 16, stalls: 1 });
    assert.deepEqual(paceOf(triesOf('??????'), 4), { rate: 0, longestGap: 20, stalls: 1 });
    assert.deepEqual(paceOf(triesOf('c'), 4), { rate: 0, longestGap: 0, stalls: 0 });
    assert.deepEqual(paceOf([], 4), { rate: 0, longestGap: 0, stalls: 0 });
  });
});

describe('tryRuns', () => {
  it('keep every try, and their order', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Object.keys(letters)), maxLength: 60 }), (text) => {
        const tries = triesOf(text);
        const runs = tryRuns(tries);
        assert.deepEqual(
          runs.flatMap(({ from, verdict, n }) =>
            Array.from({ length: n }, (_, index) => ({ at: from + index * 4, verdict })),
          ),
          tries,
        );
        for (const [index, { from, to, verdict, n }] of runs.entries()) {
          assert.equal(to - from, (n - 1) * 4);
          assert.notEqual(verdict, runs[index + 1]?.verdict);
        }
      }),
    );
  });
});
