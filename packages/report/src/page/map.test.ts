import assert from 'node:assert/strict';
import type { Cell } from '@netproof/core';
import { nodes, noNat } from '../testing/cluster.ts';
import { mapRows, page, plain } from '../testing/page.ts';
import {
  failingRun,
  noNatRun,
  passingRun,
  proveRun,
  runWith,
  setUp,
  stamped,
  tearDown,
} from '../testing/runs.ts';
import { largeRun, mixedRun } from '../testing/wide.ts';

const setUpWith = (change: (cell: Cell) => Partial<Cell>) =>
  page(stamped([...setUp, ...noNatRun(change), ...tearDown(1)]));

describe('the map of a cluster', () => {
  it('shows from which node to which a check broke, with how many of how many', () => {
    const text = page(failingRun());
    const rows = mapRows(text);
    const bad = 'A TCP 9/9 UDP 9/9';
    // From each of three nodes: to the two others, and to Services.
    assert.deepEqual(rows[`✗ FAIL ${noNat.id} 1.2 s`], ['✓', '✓', '', bad, bad, '', '✓', '✓', '']);
    assert.deepEqual(rows['✓ PASS services/load-balancing/cluster-ip 6.0 s'], [
      '',
      '',
      '✓',
      '',
      '',
      '✓',
      '',
      '',
      '✓',
    ]);
    assert.match(
      text,
      /title="netproof-bridge-worker → netproof-bridge-worker2: TCP 9 of 9 connected, but[^;]*; UDP 9 of 9/,
    );
  });

  it('has what is wrong before what is right', () => {
    const [first] = Object.keys(mapRows(page(proveRun())));
    assert.match(first ?? '', /PASS/);
    assert.match(Object.keys(mapRows(page(mixedRun()))).join('\n'), /^(✗.*\n)+(\?.*\n)+(✓.*\n?)+$/);
  });

  it('names the protocol that broke and not the one that did not', () => {
    const text = setUpWith(({ port }) =>
      port.protocol === 'UDP' ? { verdict: 'dropped', answered: 0 } : {},
    );
    const [row = []] = Object.values(mapRows(text));
    assert.deepEqual(new Set(row), new Set(['D UDP 9/9']));
    assert.ok(
      plain(text).includes(
        '54 of 108 probes break the requirement. All of them are UDP; no such probe is right.',
      ),
    );
  });

  it('has columns for clients outside, for Services and for one node', () => {
    const text = page(mixedRun());
    const heads = [...text.matchAll(/<th scope="col" class="up[^"]*"><span>(.*?)<\/span><\/th>/g)].map(
      ([, head = '']) => plain(head),
    );
    const of = (...names: string[]) => [...names, 'to Services'];
    assert.deepEqual(heads.slice(0, 16), [
      ...of('same node', 'to worker', 'to worker2'),
      ...of('to control-plane', 'same node', 'to worker2'),
      ...of('to control-plane', 'to worker', 'same node'),
      ...of('to control-plane', 'to worker', 'to worker2'),
    ]);
    const rows = mapRows(text);
    assert.equal(rows['✗ FAIL services/node-port/outside 980 ms']?.at(-1), 'R TCP 1/3');
    const dns = rows['✗ FAIL dns/services 41 ms']?.filter(Boolean);
    assert.deepEqual(dns, ['≠ UDP 1/2 TCP 1/2', 'D UDP 2/2 TCP 1/2', '≠ UDP 1/2 TCP 1/2']);
    // Not a connection is lost; all of them together are wrong.
    assert.equal(rows['✗ FAIL services/load-balancing/cluster-ip 640 ms']?.[7], '≠ TCP');
    assert.deepEqual(rows['✗ FAIL latency/service 21.4 s'], [
      'pod → ClusterIP, new connections: × 3.10 (2.98 to 3.22, limit 2.00)',
    ]);
  });

  it('tells lookups apart by what was asked and over what', () => {
    const text = plain(page(mixedRun()));
    assert.match(
      text,
      /7 of 12 lookups break the requirement. 6 ask for sticky\.y\.svc\.cluster\.local\. A; no such lookup is right/,
    );
  });

  it('takes what must be dropped and is dropped for right', () => {
    const row = mapRows(page(mixedRun()))['✓ PASS network-policy/deny-all 980 ms'];
    assert.deepEqual(new Set(row), new Set(['✓', '']));
  });

  it('calls no pair right where a check is wrong and blames none', () => {
    const events = passingRun().map((event) =>
      event.event === 'check-finished' && event.check === noNat.id
        ? {
            ...event,
            result: 'fail' as const,
            findings: [{ kind: 'fail' as const, message: 'two pods share an address' }],
          }
        : event,
    );
    const row = mapRows(page(events))[`✗ FAIL ${noNat.id} 1.2 s`];
    assert.deepEqual(new Set(row), new Set(['·', '']));
  });

  it('shows what is not known as such, beside what is right', () => {
    const text = setUpWith(({ source }) =>
      source.node === nodes[2]!.name ? { verdict: 'probe-error', reason: 'stream lost', answered: 0 } : {},
    );
    assert.deepEqual(mapRows(text)[`! ERROR ${noNat.id} 1.2 s`], [
      '✓',
      '✓',
      '✓',
      '✓',
      '? TCP 9/9 UDP 9/9',
      '? TCP 9/9 UDP 9/9',
    ]);
  });

  it('counts the connections of a sample that told nothing', () => {
    const events = passingRun().map((event) =>
      event.event === 'sample' && event.source === 'y/b'
        ? { ...event, verdicts: { connected: 164, 'probe-error': 90 }, reason: 'starved' }
        : event,
    );
    const inconclusive = events.map((event) =>
      event.event === 'check-finished' && event.check !== noNat.id
        ? { ...event, result: 'inconclusive' as const }
        : event,
    );
    const rows = mapRows(page(inconclusive));
    assert.deepEqual(rows['? UNDECIDED services/load-balancing/cluster-ip 6.0 s']?.filter(Boolean), [
      '✓',
      '? TCP 90/254',
      '✓',
    ]);
  });

  it('shows below each fault what it broke', () => {
    const [, map = ''] = /<table class="map[^>]*>(.*?)<\/table>/s.exec(page(proveRun())) ?? [];
    const [plainRuns = '', ...byFault] = map.split('under <code>').map(plain);
    assert.doesNotMatch(plainRuns, /FAIL/);
    assert.equal(byFault.length, 2);
    assert.match(byFault[0] ?? '', /^masquerade-between-nodes.*FAIL pod-network\/no-nat\/other-node/s);
    assert.match(byFault[1] ?? '', /^biased-service-chain.*FAIL services\/load-balancing\/cluster-ip/s);
  });

  it('is there for checks that asked nothing', () => {
    assert.deepEqual(mapRows(page(runWith('not-applicable'))), { [`– N/A ${noNat.id} 12 ms`]: [''] });
  });

  it('tells two causes apart among 19 800 probes', () => {
    const text = plain(page(largeRun()));
    assert.ok(
      text.includes(
        '2178 of 19\u202f800 probes break the requirement. 1980 go to worker3 and are UDP; 198 go to x/p4 on worker5; no such probe is right.',
      ),
    );
  }).timeout(30_000);
});
