import assert from 'node:assert/strict';
import type { Endpoint } from './endpoint.ts';
import { targetOf } from './endpoint.ts';
import { asExpected } from './fault.ts';
import {
  type CheckResult,
  describeDivergence,
  exitOf,
  Judge,
  type Result,
  resultOf,
  settle,
  totals,
} from './index.ts';
import type { Cell, Sample, Table } from './verdict.ts';

const endpoint = (id: string): Endpoint => ({
  kind: 'pod',
  id,
  node: `node-${id}`,
  ip: `10.1.0.${id.length}`,
  labels: {},
});

function cell(change: Partial<Cell> = {}): Cell {
  const port = { protocol: 'TCP', port: 8080 } as const;
  return {
    source: endpoint('x/a'),
    target: targetOf(endpoint('y/b')),
    port,
    verdict: 'connected',
    attempts: 1,
    answered: 1,
    ...change,
  };
}

const table = (...cells: Cell[]): Table => ({ cells, ms: 1 });

function judged(judgement: (judge: Judge) => void): Result {
  const judge = new Judge();
  judgement(judge);
  return resultOf(judge.judgement);
}

describe('judge', () => {
  it('passes only what was judged', () => {
    assert.equal(
      judged((judge) => judge.connected(table(cell()))),
      'pass',
    );
    assert.equal(
      judged(() => {}),
      'error',
    );
    assert.equal(
      judged((judge) => judge.connected(table())),
      'error',
    );
  });

  for (const verdict of ['dropped', 'refused', 'unreachable', 'reset', 'wrong-peer', 'name-error'] as const) {
    it(`fails on one ${verdict} cell among connected ones`, () => {
      assert.equal(
        judged((judge) => judge.connected(table(cell(), cell({ verdict }), cell()))),
        'fail',
      );
    });
  }

  it('never takes a probe error for a denial, and starvation for neither', () => {
    const failed = cell({ verdict: 'probe-error', reason: 'stream lost' });
    const starved = cell({ verdict: 'probe-error', reason: 'starved' });
    assert.equal(
      judged((judge) => judge.every(table(cell(), failed), () => undefined)),
      'error',
    );
    assert.equal(
      judged((judge) => judge.every(table(cell(), starved), () => undefined)),
      'inconclusive',
    );
    assert.equal(
      judged((judge) => judge.connected(table(cell({ verdict: 'dropped' }), failed))),
      'fail',
    );
  });

  it('says which pair, what was seen and how often', () => {
    const judge = new Judge();
    judge.connected(table(cell(), cell({ verdict: 'dropped', attempts: 3, answered: 1 })));
    assert.equal(
      judge.judgement.findings[0]?.message,
      'x/a on node-x/a → y/b on node-y/b, TCP 8080: dropped, 1 of 3 attempts answered (and so 1 of 2 probes)',
    );
  });

  it('says from which source port, where that was chosen', () => {
    const judge = new Judge();
    const from = { protocol: 'TCP', port: 8085, sourcePort: 61_000 } as const;
    judge.connected(table(cell({ port: from, verdict: 'dropped', attempts: 1, answered: 0 })));
    assert.equal(
      judge.judgement.findings[0]?.message,
      'x/a on node-x/a → y/b on node-y/b, TCP 8085 from port 61000: dropped, 0 of 1 attempts answered',
    );
  });

  it('says of each cell that it shows what is wrong with it', () => {
    const judge = new Judge();
    judge.connected(
      table(cell({ verdict: 'refused' }), cell(), cell({ clientSeenAs: '172.18.0.3' })),
      (one) => (one.clientSeenAs === undefined ? undefined : `seen as ${one.clientSeenAs}`),
    );
    assert.deepEqual(
      judge.judgement.findings[0]?.cells?.map(({ text }) => text),
      ['refused', 'seen as 172.18.0.3'],
    );
  });

  const sample = (change: Partial<Sample> = {}): Sample => ({
    source: endpoint('y/a'),
    target: { label: 'Service x/web', address: '10.96.0.9', servers: ['x/a', 'x/b'] },
    port: { protocol: 'TCP', port: 80 },
    servers: ['x/a', 'x/b', 'x/a'],
    verdicts: { connected: 3 },
    ms: 1,
    ...change,
  });

  it('takes a sample for what every single connection was', () => {
    const cases: [Partial<Sample>, Result][] = [
      [{}, 'pass'],
      [{ verdicts: { connected: 2, dropped: 1 } }, 'fail'],
      [{ verdicts: { connected: 2, 'wrong-peer': 1 } }, 'fail'],
      [{ verdicts: { connected: 2, 'probe-error': 1 }, reason: 'stream lost' }, 'error'],
      [{ verdicts: { connected: 2, 'probe-error': 1 }, reason: 'starved' }, 'inconclusive'],
      [{ verdicts: { connected: 1, 'wrong-peer': 1, 'probe-error': 1 }, reason: 'starved' }, 'fail'],
      [{ servers: ['x/a'], verdicts: { connected: 1 } }, 'error'],
    ];
    for (const [change, result] of cases) {
      const judge = new Judge();
      const all = judge.reached(sample(change), 3);
      assert.equal(resultOf(judge.judgement), result, JSON.stringify(change));
      assert.equal(all, result === 'pass');
    }
  });

  it('names the sample that shows a failure', () => {
    const statistic = { name: '', value: 1, degreesOfFreedom: 2, p: 0, alpha: 1e-6, samples: 9, detects: '' };
    const lost = sample({ verdicts: { connected: 2, dropped: 1 } });
    const judge = new Judge();
    judge.reached(lost, 3);
    judge.holds(false, 'strayed', lost);
    judge.notRejected(statistic, 'uneven', lost);
    judge.holds(false, 'of no sample');
    assert.deepEqual(
      judge.judgement.findings.map((finding) => finding.sample),
      [lost, lost, lost, undefined],
    );
  });

  it('is undecided where a node was not asked from', () => {
    assert.equal(
      judged((judge) => {
        judge.holds(true, '');
        judge.everyNode([endpoint('x/a')], [{ name: 'node-x/a' }, { name: 'worker9' }]);
      }),
      'inconclusive',
    );
  });

  it('fails a statistic that is no number', () => {
    const statistic = { name: '', value: 1, degreesOfFreedom: 2, alpha: 1e-6, samples: 9, detects: '' };
    assert.equal(
      judged((judge) => judge.notRejected({ ...statistic, p: Number.NaN }, 'uneven')),
      'fail',
    );
  });

  it('fails a statistic below its rate of false alarms, and not above', () => {
    const statistic = {
      name: 'chi-square',
      value: 1,
      degreesOfFreedom: 2,
      alpha: 1e-6,
      samples: 9,
      detects: '',
    };
    assert.equal(
      judged((judge) => judge.notRejected({ ...statistic, p: 1e-7 }, 'uneven')),
      'fail',
    );
    assert.equal(
      judged((judge) => judge.notRejected({ ...statistic, p: 1e-5 }, 'uneven')),
      'pass',
    );
  });
});

describe('results', () => {
  const of = (...all: Result[]): Pick<CheckResult, 'result'>[] => all.map((result) => ({ result }));

  it('add up, each result as one of the three', () => {
    const all = of('pass', 'observed', 'fail', 'error', 'not-applicable', 'inconclusive');
    assert.deepEqual(totals(all), { passed: 2, failed: 2, skipped: 2 });
  });

  describe('of checks that the cluster records as known to fail', () => {
    const about = { reason: 'as we know', reference: 'https://example.org/1', expires: '2027-03-01' };
    const recorded = (result: Result, expired = false) => ({ result, divergence: { ...about, expired } });
    const ended = (...all: Parameters<typeof exitOf>[0]) => [exitOf(all), totals(all)];
    const none = { passed: 0, failed: 0, skipped: 0 };

    it('count apart where they fail, and fail no run', () => {
      const [known] = [recorded('fail')];
      assert.deepEqual(ended(known, ...of('pass')), [0, { ...none, passed: 1, known: 1 }]);
      assert.deepEqual(ended(known), [0, { ...none, known: 1 }]);
      assert.deepEqual(ended(known, ...of('fail')), [1, { ...none, failed: 1, known: 1 }]);
      assert.equal(describeDivergence(known), 'known: as we know, until 2027-03-01');
    });

    it('fail the run where they pass, or where the entry has expired', () => {
      assert.deepEqual(ended(recorded('pass')), [1, { ...none, failed: 1 }]);
      assert.match(describeDivergence(recorded('pass')) ?? '', /^unexpected pass.*delete the entry/);
      assert.deepEqual(ended(recorded('fail', true)), [1, { ...none, failed: 1 }]);
      assert.match(
        describeDivergence(recorded('fail', true)) ?? '',
        /^was known until 2027-03-01, which is over/,
      );
    });

    it('are what they are in all else: nothing is hidden', () => {
      assert.deepEqual(ended(recorded('error'), ...of('pass')), [4, { ...none, passed: 1, failed: 1 }]);
      assert.deepEqual(ended(recorded('inconclusive'), ...of('pass')), [
        5,
        { ...none, passed: 1, skipped: 1 },
      ]);
      assert.deepEqual(ended(recorded('not-applicable')), [5, { ...none, skipped: 1 }]);
      assert.deepEqual(ended(recorded('pass', true)), [0, { ...none, passed: 1 }]);
      for (const result of ['error', 'inconclusive', 'not-applicable'] as const)
        assert.equal(describeDivergence(recorded(result)), undefined);
    });
  });

  it('give the exit code of the worst', () => {
    assert.equal(exitOf(of('pass', 'not-applicable')), 0);
    assert.equal(exitOf(of('pass', 'inconclusive')), 5);
    assert.equal(exitOf(of('inconclusive', 'error')), 4);
    assert.equal(exitOf(of('error', 'fail')), 1);
    assert.equal(exitOf(of('not-applicable')), 5, 'nothing applied');
    assert.equal(exitOf([]), 4, 'a run of no checks proves nothing');
  });
});

describe('kill matrix', () => {
  it('takes only a failure for red and only a pass for green', () => {
    assert(asExpected('must', 'fail'));
    for (const result of ['pass', 'error', 'inconclusive', 'not-applicable'])
      assert(!asExpected('must', result));
    assert(asExpected('never', 'pass'));
    for (const result of ['fail', 'error', 'inconclusive']) assert(!asExpected('never', result));
    assert(!asExpected('may', 'error'));
  });

  it('takes neither a failure nor an error of blinded probes', () => {
    assert(asExpected('clouded', 'inconclusive'));
    assert(!asExpected('clouded', 'pass'), 'a check that says it sees was not blinded');
    for (const result of ['pass', 'inconclusive']) assert(asExpected('may-cloud', result));
    for (const expectation of ['clouded', 'may-cloud'] as const)
      for (const result of ['fail', 'error']) assert(!asExpected(expectation, result));
  });
});

describe('settle', () => {
  it('ends with the first run of samples that agree', async () => {
    let sample = 0;
    const settled = await settle({
      until: 'even',
      bound: 1_000,
      sample: async () => {
        sample += 1;
        return sample;
      },
      settled: (value) => value % 3 !== 0,
      inARow: 2,
      show: String,
    });
    assert.equal(settled.last, 2);
    assert.equal(settled.samples, 2);
  });

  it('gives up after its bound and shows the last sample', async () => {
    const never = settle({
      until: 'the cows come home',
      bound: 5,
      sample: () => new Promise<string>((resolve) => setImmediate(resolve, 'no cows')),
      settled: () => false,
      show: String,
    });
    await assert.rejects(never, /not within 0\.005 s: the cows come home; last of \d+ samples: no cows/);
  });
});
