import assert from 'node:assert/strict';
import type { JournalEvent } from '@netproof/core';
import { block, inline } from './markdown.ts';
import { alone, merge } from './merge.ts';
import { longest, renderMarkdown } from './render-markdown.ts';
import { summarise } from './summarise.ts';
import { noNat } from './testing/cluster.ts';
import { hostile } from './testing/hostile.ts';
import { marked } from './testing/markup.ts';
import { model } from './testing/page.ts';
import { failingRun, passingRun, proveRun, runWith } from './testing/runs.ts';
import { severalProof, severalRuns } from './testing/several.ts';

const markdown = (events: readonly JournalEvent[]) => renderMarkdown(alone(model(events)));
const several = (journals: Readonly<Record<string, readonly JournalEvent[]>>) =>
  renderMarkdown(
    merge(
      Object.entries(journals).map(([folder, events]) => ({
        folder,
        model: summarise({ file: `${folder}/journal.jsonl`, events }),
      })),
    ),
  );

/** What stands outside of fences, with the number of lines in each fence. */
function outside(text: string): { readonly lines: readonly string[]; readonly fenced: number } {
  const lines: string[] = [];
  let fence = '';
  let fenced = 0;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [ticks = ''] = /^ {0,3}`{3,}/.exec(line) ?? [];
    if (fence === '') {
      if (ticks) fence = ticks;
      else lines.push(line);
    } else if (ticks.length >= fence.length && line.trim() === ticks) {
      fence = '';
      fenced += 1;
    }
  }
  assert.equal(fence, '', 'every fence is closed');
  return { lines, fenced };
}

describe('the summary', () => {
  it('begins with the verdict, and has suites by clusters', () => {
    const text = several(severalRuns());
    const lines = text.split('\n');
    assert.match(lines[0]!, /^\*\*✗ FAIL\*\* Of 4 clusters, flannel-vxlan fails; /);
    assert.equal(lines[2], '33 passed, 4 failed, 8 skipped');
    assert.match(
      text,
      /\n- ! calico-vxlan\\: .*exit code 3\\: the node netproof-calico-vxlan-worker2 vanished/,
    );
    assert.deepEqual(lines.slice(4, 8), [
      '|  | bridge | flannel-vxlan | calico-vxlan | cilium-native |',
      '| --- | --- | --- | --- | --- |',
      '| Verdict | ✓ PASS | ✗ FAIL | ! ERROR | – N/A |',
      '| dns | ✓ 2 pass | ✓ 2 pass | ✓ 2 pass | – not applicable |',
    ]);
    assert.ok(
      lines.includes('| services | ✓ 5 pass | ✗ 2 of 5 fail | · 5 of 5 not run | – not applicable |'),
    );
  });

  it('tells of each failed check why, where its evidence is and how to see it again; of others nothing', () => {
    const evidence = [{ title: 'nat', file: 'evidence/pod-network-x/nat.txt' }];
    assert.ok(
      markdown(runWith('fail', { evidence })).endsWith(`
**✗ ${noNat.id} \\[bridge\\]**

\`\`\`text
as fail as can be
evidence: evidence/pod-network-x/
again: netproof run --check ${noNat.id}
\`\`\`
`),
    );
    assert.doesNotMatch(markdown(passingRun()), /```/);
  });

  it('tells of a proof which cells are not as expected', () => {
    const text = markdown(proveRun({ blind: true }));
    assert.match(text, /\| Kill matrix \| ✗ 9 as expected, 1 not \|/);
    assert.match(text, /under biased-service-chain must fail, was pass/);
    assert.doesNotMatch(text, /masquerade-between-nodes must fail/);
  });

  it('has room for only so much, and says how much more there is', () => {
    const many = Array.from({ length: 40 }, (_, at) => [`run ${at}`, failingRun()] as const);
    const findings = Array.from({ length: 9 }, () => ({
      kind: 'fail' as const,
      message: `\`${hostile}`.repeat(99),
    }));
    const journals = Object.fromEntries([...many, ['last', runWith('fail', { findings })]]);
    const whole = several(Object.fromEntries(many.slice(0, 2)));
    const cut = several(
      Object.fromEntries(
        Object.entries(journals).map(([name, events]) => [name, marked(events, 'x'.repeat(999))]),
      ),
    );
    assert.ok(cut.length <= longest + 100, `${cut.length} characters`);
    assert.match(cut, /\nand \d+ more in the other reports\n$/);
    assert.doesNotMatch(whole, /more in the other reports/);
    assert.ok(markdown(runWith('fail', { findings })).length < 5_000);
  });

  it('holds whatever a pod says as text', () => {
    const all = { ...severalRuns(), '../proof': severalProof(), failing: failingRun() };
    const shape = (said: string) => {
      const changed = Object.entries(all).map(([folder, events]) => [folder, marked(events, said)] as const);
      const { lines, fenced } = outside(several(Object.fromEntries(changed)));
      for (const line of lines) {
        assert.doesNotMatch(line, /[<>\0]|(?<!\\)[`[\]]|www\.\w|https?:/, line);
      }
      return [lines.map((line) => line.match(/(?<!\\)\|/g)?.length ?? Math.sign(line.length)), fenced];
    };
    assert.deepEqual(shape(hostile), shape('z'));
  }).timeout(30_000);

  it('escapes a text for a line, and fences one of several', () => {
    assert.equal(
      inline('a|b\n<c> `d` [e](f) &lt; \u0000'),
      'a\\|b &#60;c&#62; \\`d\\` \\[e\\](f) &#38;lt; \ufffd',
    );
    assert.equal(block('a\n````\nb'), '`````text\na\n````\nb\n`````\n');
  });
});
