import assert from 'node:assert/strict';
import { exactly, Judge, type Lookup, lookupsTable, noSuchName, type Result, resultOf } from './index.ts';

const name = 'web.x.svc.cluster.local.';

function lookup(change: Partial<Lookup> = {}): Lookup {
  return {
    source: { kind: 'pod', id: 'x/a', node: 'worker', ip: '10.1.0.2', labels: {} },
    question: { name: 'web.x.svc', type: 'A' },
    transport: 'UDP',
    name,
    server: '10.96.0.10',
    verdict: 'answered',
    rcode: 'NOERROR',
    records: addresses('10.1.0.2', '10.1.1.2'),
    truncated: false,
    ms: 1,
    ...change,
  };
}

function addresses(...all: string[]) {
  return all.map((data) => ({ name, type: 'A', ttl: 30, data }));
}

const right = exactly(['10.1.1.2', '10.1.0.2']);
const denied = { rcode: 'NXDOMAIN', records: [] };

describe('what a nameserver answered', () => {
  it('is exactly the addresses in any order and any case of the name, and nothing else', () => {
    assert.equal(right(lookup()), undefined);
    assert.equal(right(lookup({ name: name.toUpperCase() })), undefined);
    const wrong: Partial<Lookup>[] = [
      { records: addresses('10.1.0.2') },
      { records: addresses('10.1.0.2', '10.1.1.3') },
      { records: addresses('10.1.0.2', '10.1.1.2', '10.1.2.2') },
      { records: addresses('10.1.0.2', '10.1.1.2', '10.1.1.2') },
      { records: [] },
      { records: addresses('10.1.0.2', '10.1.1.2').map((one) => ({ ...one, name: 'other.' })) },
      { records: addresses('10.1.0.2', '10.1.1.2').map((one) => ({ ...one, type: 'CNAME' })) },
      { truncated: true },
      { rcode: 'SERVFAIL' },
      denied,
    ];
    for (const change of wrong) assert.notEqual(right(lookup(change)), undefined, JSON.stringify(change));
  });

  it('is a denial only where there is no such name', () => {
    assert.equal(noSuchName(lookup(denied)), undefined);
    assert.notEqual(noSuchName(lookup()), undefined);
    assert.notEqual(noSuchName(lookup({ records: [] })), undefined);
    assert.notEqual(noSuchName(lookup({ ...denied, rcode: 'SERVFAIL' })), undefined);
  });

  it('is shown in words', () => {
    assert.equal(
      right(lookup({ records: addresses('192.0.2.1') })),
      '192.0.2.1, expected 10.1.0.2, 10.1.1.2',
    );
    const alias = { name: 'web.', type: 'CNAME', ttl: 5, data: 'other.' };
    assert.deepEqual(
      lookupsTable([
        lookup(denied),
        lookup({ records: [alias], truncated: true }),
        lookup({ verdict: 'dropped' }),
        lookup(denied),
      ]).rows.map((row) => row.slice(-2)),
      [
        ['NXDOMAIN', 2],
        ['web. CNAME other., truncated', 1],
        ['dropped', 1],
      ],
    );
  });
});

describe('a judgement of lookups', () => {
  it('takes each for what came of it', () => {
    const cases: [Partial<Lookup>, Result][] = [
      [{}, 'pass'],
      [{ records: addresses('192.0.2.1') }, 'fail'],
      [{ verdict: 'dropped' }, 'fail'],
      [{ verdict: 'refused' }, 'fail'],
      [{ verdict: 'unreachable' }, 'fail'],
      [{ verdict: 'reset' }, 'fail'],
      [{ verdict: 'probe-error', reason: 'stream lost' }, 'error'],
      [{ verdict: 'probe-error', reason: 'starved' }, 'inconclusive'],
    ];
    for (const [change, result] of cases) {
      const judge = new Judge();
      judge.answered([lookup(), lookup(change)], right);
      assert.equal(resultOf(judge.judgement), result, JSON.stringify(change));
    }
  });

  it('of none proves nothing', () => {
    const judge = new Judge();
    judge.answered([], right);
    assert.equal(resultOf(judge.judgement), 'error');
  });

  it('says who was answered what, and how often', () => {
    const judge = new Judge();
    judge.answered([lookup(), lookup({ verdict: 'dropped', transport: 'TCP' })], right);
    assert.deepEqual(
      judge.judgement.findings.map(({ message }) => message),
      ['x/a on worker, web.x.svc.cluster.local. A over TCP: dropped (and so 1 of 2 lookups)'],
    );
    const [named, ...others] = judge.judgement.findings[0]?.lookups ?? [];
    assert.deepEqual([named?.transport, named?.text, others.length], ['TCP', 'dropped', 0]);
  });
});
