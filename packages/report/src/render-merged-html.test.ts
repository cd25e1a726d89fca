import assert from 'node:assert/strict';
import type { JournalEvent } from '@netproof/core';
import { merge } from './merge.ts';
import { renderHtml } from './render-html.ts';
import { renderMergedHtml } from './render-merged-html.ts';
import { summarise } from './summarise.ts';
import { assertInert, evil, harmless, idsOf, marked, shapeOf } from './testing/markup.ts';
import { plain } from './testing/page.ts';
import { interruptedRun, passingRun } from './testing/runs.ts';
import { severalProof, severalRuns } from './testing/several.ts';

type Journals = Readonly<Record<string, readonly JournalEvent[]>>;

function merged(journals: Journals) {
  const parts = Object.entries(journals).map(([folder, events]) => ({
    folder,
    model: summarise({ file: `${folder}/journal.jsonl`, events }),
  }));
  return merge(parts);
}

const everything: Journals = {
  ...severalRuns(),
  '../proof': severalProof(),
  'killed run': interruptedRun(),
  'no cluster': passingRun().slice(0, 3),
};

/** The text of each cell of the rows whose heading this is, suites' and checks' alike. */
function row(text: string, heading: string): readonly string[] {
  const rows = [...text.matchAll(/<tr[^>]*><th scope="row"[^>]*>(.*?)<\/th>(.*?)<\/tr>/gs)];
  const [, , cells = ''] = rows.find(([, head = '']) => plain(head).trim().startsWith(heading)) ?? [];
  return [...cells.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = '']) => plain(cell).trim());
}

describe('the page of several runs', () => {
  const text = renderMergedHtml(merged(severalRuns()));

  it('is one well-formed file that loads and runs nothing', () => {
    assertInert(text);
    assertInert(renderMergedHtml(merged(everything)));
    assert.ok(text.length < 100_000, `${text.length} characters`);
  });

  it('says in words what came of each suite on each cluster', () => {
    assert.deepEqual(row(text, 'dns'), ['✓ 2 pass', '✓ 2 pass', '✓ 2 pass', '– not applicable']);
    assert.deepEqual(row(text, 'latency'), [
      '✓ 2 pass',
      '? 1 of 2 undecided',
      '✓ 2 pass',
      '– not applicable',
    ]);
    assert.deepEqual(row(text, 'services'), [
      '✓ 5 pass',
      '✗ 2 of 5 fail',
      '· 5 of 5 not run',
      '– not applicable',
    ]);
    assert.deepEqual(row(text, 'node-port/every-node'), [
      '✓ PASS 3.0 s',
      '✗ FAIL 3.0 s',
      '· NOT RUN',
      '– N/A',
    ]);
    assert.deepEqual(row(text, 'Verdict'), ['✓ PASS', '✗ FAIL exit code 1', '! ERROR exit code 3', '– N/A']);
  });

  it('unfolds the suites in which a check fails, and no others', () => {
    const open = [...text.matchAll(/<details( open)?><summary>([\w-]+)/g)].map(([, is, suite]) => [
      suite,
      !!is,
    ]);
    assert.deepEqual(Object.fromEntries(open), {
      dns: false,
      latency: false,
      'network-policy': false,
      'pod-network': true,
      services: true,
    });
  });

  it('links only to what is in the reports of its runs', () => {
    const all = merged(everything);
    const pages = new Map(
      all.runs.map(({ folder, model }) => [`${encodeURI(folder)}/index.html`, idsOf(renderHtml(model))]),
    );
    const links = [...renderMergedHtml(all).matchAll(/ href="([^"#]*)#?([^"]*)"/g)];
    assert.ok(links.length > 100, `${links.length} links`);
    for (const [link, file = '', target] of links) {
      if (file === '' || file === 'results.json') continue;
      const ids = pages.get(file);
      assert.ok(ids, link);
      if (target) assert.ok(ids.includes(target), link);
    }
  });

  it('says by itself what is wrong, how each run ended, and how to see it again', () => {
    assert.match(
      text,
      /<strong>36 of 108 probes break the requirement\.<\/strong> All of them start on worker;/,
    );
    assert.match(text, /none of 120 connections came to x\/c/);
    assert.match(text, /exit code 3: the node netproof-calico-vxlan-worker2 vanished[^<]*&lt;script&gt;/);
    assert.match(text, /CONFIG_NET_SCH_INGRESS/);
    assert.match(text, /<code class="copy">netproof run .* --check services\/node-port\/every-node<\/code>/);
  });

  it('has what each cluster claims and how long its start took', () => {
    assert.deepEqual(row(text, 'NetworkPolicy'), ['–', '–', '✓ claimed', '✓ claimed']);
    assert.deepEqual(row(text, 'Start: kind create and cluster ready'), ['32.3 s', '39.5 s', '46.7 s', '–']);
    assert.deepEqual(row(text, 'kube-proxy'), ['iptables', 'iptables', 'iptables', 'none']);
  });

  it('counts the kill matrix of a proof and links to it', () => {
    const both = renderMergedHtml(merged({ bridge: passingRun(), proof: severalProof() }));
    assert.deepEqual(row(both, 'Kill matrix'), ['not tried', '✗ 13 cells as expected, 1 not']);
    assert.ok(both.includes('href="proof/index.html#kills"'));
    assert.equal(row(text, 'Kill matrix').length, 0);
  });

  it('shows whatever journals say as text', () => {
    const shape = (with_: string) =>
      shapeOf(
        renderMergedHtml(
          merged(
            Object.fromEntries(
              Object.entries(everything).map(([folder, events]) => [folder, marked(events, with_)]),
            ),
          ),
        ),
      );
    assert.deepEqual(shape(evil), shape(harmless));
  }).timeout(30_000);
});
