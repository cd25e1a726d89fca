import assert from 'node:assert/strict';
import { type JournalEvent, results, type Verdict, verdicts } from '@netproof/core';
import { renderJson } from './render-json.ts';
import { summarise } from './summarise.ts';
import { noNat, otherNodeTable } from './testing/cluster.ts';
import { assertInert, evil, harmless, idsOf, marked, shapeOf } from './testing/markup.ts';
import { page } from './testing/page.ts';
import {
  failingRun,
  interruptedRun,
  noNatRun,
  passingRun,
  proveRun,
  runWith,
  stamped,
} from './testing/runs.ts';
import { severalRuns } from './testing/several.ts';
import { largeRun, mixedRun } from './testing/wide.ts';
import { signs, squares } from './words.ts';

const runs: Readonly<Record<string, readonly JournalEvent[]>> = {
  passing: passingRun(),
  failing: failingRun(),
  interrupted: interruptedRun(),
  prove: proveRun(),
  'prove with a fault that takes the sight': proveRun({ starved: true }),
  'not carried': severalRuns()['cilium-native']!,
  'prove with a blind check': proveRun({ blind: true }),
  'nodes, clients outside, latency': mixedRun(),
  'without a cluster': passingRun().slice(0, 3),
  ...Object.fromEntries(results.map((result) => [result, runWith(result)])),
};

describe('the page', () => {
  for (const [name, events] of Object.entries({ ...runs, '100 pods': largeRun() })) {
    it(`of a run (${name}) is one well-formed file that loads and runs nothing`, () => {
      const text = page(events);
      assert.ok(text.length < 300_000, `${text.length} characters`);
      assertInert(text);
      for (const [, target] of text.matchAll(/ href="#([^"]*)"/g))
        assert.ok(idsOf(text).includes(target), target);
    }).timeout(30_000);
  }

  it('says in words what each result is', () => {
    for (const result of results)
      assert.match(page(runWith(result)), new RegExp(`</span> ${signs[result].word}</span>`));
  });

  it('draws every verdict with its own letter and says what the letter means', () => {
    for (const verdict of verdicts) {
      const text = page(withVerdict(verdict));
      assert.match(
        text,
        new RegExp(`<td class="sq [^"]*" title="[^"]*">${squares[verdict].letter.replace('?', '\\?')}</td>`),
      );
      assert.ok(text.includes(squares[verdict].words));
    }
  });

  it('marks the probes that break the requirement, and says what they share', () => {
    const text = page(failingRun());
    // TCP and UDP look the same, so they are drawn once.
    assert.equal(text.match(/<td class="sq blamed" [^>]*>A<\/td>/g)?.length, 18);
    assert.equal(text.match(/<td class="sq connected" [^>]*attempts answered[^>]*>✓<\/td>/g)?.length, 36);
    assert.ok(text.includes('36 of 108 probes break the requirement.</strong> All of them start on worker;'));
    assert.ok(
      text.includes(`<code class="copy">netproof run --cluster bridge --keep --check ${noNat.id}</code>`),
    );
  });

  it('says of each probe of a finding what is wrong with it', () => {
    const text = page(failingRun());
    for (const last of [2, 3, 4]) {
      assert.ok(
        text.includes(
          `<td class="text">connected, but the server saw 172.18.0.3 (node worker), expected 10.1.1.${last}`,
        ),
      );
    }
  });

  it('says beside the time of a wait why what it waited for did not come', () => {
    const why = 'not within 60 s: DNS answers a pod on every node';
    const [first, ...rest] = passingRun();
    const text = page([
      first!,
      { t: first!.t, event: 'phase', phase: 'DNS answers pods', ms: 60_000, why },
      ...rest,
    ]);
    assert.ok(text.includes(`DNS answers pods<br><span class="sub">${why}</span>`));
  });

  it('says beside each statistical verdict which defect it would have found', () => {
    const detects = 'one backend preferred by 20 % is found with probability 0.99';
    const green = page(passingRun());
    // In the line that is seen while the check is folded.
    assert.match(green, new RegExp(`<summary>[^\\n]*services/<wbr>load-balancing[^\\n]*${detects}<br>`));
    const red = page(mixedRun());
    assert.match(red, /<p class="detects">Would have found: one backend preferred by 40 %/);
  });

  it('draws ports apart where they differ', () => {
    const udpDropped = noNatRun(({ port }) =>
      port.protocol === 'UDP' ? { verdict: 'dropped', answered: 0 } : {},
    );
    const text = page(stamped([...passingRun().slice(0, 8), ...udpDropped]));
    assert.ok(text.includes('<caption>TCP 8080</caption>'));
    assert.ok(text.includes('<caption>UDP 8080</caption>'));
    assert.ok(text.includes('All of them are UDP;'));
  });

  it('shows the kill matrix with what was expected, and where it was not so', () => {
    const good = page(proveRun());
    assert.equal(good.match(/<td class="sq killed"[^>]*must fail, FAIL">F<\/td>/g)?.length, 2);
    // Two under the faults, two for all the rounds without one.
    assert.equal(good.match(/<td class="sq kept"/g)?.length, 4);
    assert.match(good, /must pass, PASS \(in each of 3 rounds\)">✓<\/td>/);
    assert.doesNotMatch(good, /<td class="sq unexpected"/);
    assert.match(page(proveRun({ blind: true })), /<td class="sq unexpected"[^>]*must fail, PASS">✗P<\/td>/);
  });

  it('names the checks that no tried fault must turn red', () => {
    assert.doesNotMatch(page(proveRun()), /Not proved/);
    const oneFault = proveRun().filter(
      ({ event, ...more }) => event !== 'kill' || !('fault' in more) || more.fault !== 'biased-service-chain',
    );
    const bare =
      /Not proved:.*<code>services\/load-balancing\/cluster-ip<\/code>: no fault was tried that must/;
    assert.match(page(oneFault), bare);
    assert.match(page(proveRun({ blind: true })), /cluster-ip<\/code>: it did not turn red under biased-/);
  });

  it('tells a check that must not know from one that passes, and one that may not know from both', () => {
    const text = page(proveRun({ starved: true }));
    assert.match(
      text,
      /<td class="sq clouded" title="[^"]*must say that it does not know, UNDECIDED">U<\/td>/,
    );
    assert.match(text, /<td class="sq may-cloud" title="[^"]*may pass or say that[^"]*">u<\/td>/);
    assert.match(text, /<span class="key sq clouded">U<\/span> says that it does not know, as it must/);
    assert.match(text, /under <code>agent-throttled<\/code>, must say that it does not know/);
    assert.match(text, /<dt>Must say that it does not know under<\/dt><dd>.*agent-throttled/);
    assert.doesNotMatch(text, /Not proved/);
    assert.doesNotMatch(page(proveRun()), /does not know/);
  });

  it('shows what a fault did to what a check measures, and where it did too little', () => {
    const text = page(proveRun({ late: 2_081 }));
    const told = 'must pass and show it in what it measures';
    assert.match(
      text,
      new RegExp(`<td class="sq moved" title="[^"]*${told}, PASS; p50: 74 → 2081 ms">M</td>`),
    );
    assert.match(text, /<span class="key sq moved">M<\/span> passes, and what it measures shows the fault/);
    assert.match(text, new RegExp(`under <code>policy-late</code>, ${told}; p50: 74 → 2081 ms`));
    assert.match(text, /<dt>Must show in what it measures<\/dt><dd>.*policy-late/);
    const idle = page(proveRun({ late: 80 }));
    assert.match(idle, /<td class="sq unexpected" title="[^"]*PASS; p50: 74 → 80 ms">✗P<\/td>/);
    assert.match(idle, new RegExp(`under policy-late ${told}, was pass; p50: 74 → 80 ms`));
    assert.doesNotMatch(page(proveRun()), /what it measures/);
  });

  it('says which pairs were asked', () => {
    const asked = (coverage: 'all' | 'nodes') =>
      page(passingRun().map((event) => (event.event === 'run-started' ? { ...event, coverage } : event)));
    assert.match(asked('all'), /<dt>Coverage<\/dt><dd>all: every pair/);
    assert.match(asked('nodes'), /<dt>Coverage<\/dt><dd>nodes: one pair of probes/);
  });

  it('says why a cluster does not apply to the machine', () => {
    const text = page(severalRuns()['cilium-native']!);
    assert.match(
      text,
      /<p class="sentence">cilium-native does not apply to this machine: the kernel has no CONFIG/,
    );
    assert.match(text, /N\/A/);
  });

  it('survives text that is not Unicode', () => {
    const broken = passingRun().map(
      (event): JournalEvent => ('cluster' in event ? { ...event, cluster: 'b\ud800' } : event),
    );
    assert.match(page(broken), /<h1/);
  });

  it('links only to the web', () => {
    const cited = (source: string) => {
      const events = passingRun().map(
        (event): JournalEvent =>
          event.event === 'cell-started'
            ? { ...event, checks: event.checks.map((check) => ({ ...check, source })) }
            : event,
      );
      return page(events);
    };
    assert.doesNotMatch(cited('javascript:alert(1)'), /href="javascript/);
    assert.match(cited('RFC 2119, section 1'), /<dd>RFC 2119, section 1<\/dd>/);
    assert.match(cited('https://example.org/a?b=1&c=2'), /href="https:\/\/example\.org\/a\?b=1&amp;c=2"/);
  });

  it('shows whatever a journal says as text', () => {
    for (const [name, events] of Object.entries(runs)) {
      assert.deepEqual(shapeOf(page(marked(events, evil))), shapeOf(page(marked(events, harmless))), name);
    }
    const json = renderJson(summarise({ file: 'journal.jsonl', events: marked(failingRun(), evil) }));
    assert.ok(JSON.stringify(JSON.parse(json)).includes('onerror='));
  }).timeout(30_000);
});

function withVerdict(verdict: Verdict): readonly JournalEvent[] {
  const [pair] = otherNodeTable().cells;
  const events = noNatRun((cell) => (cell.source === pair?.source ? { verdict } : {}));
  return stamped([...passingRun().slice(0, 8), ...events]);
}
