import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEvent } from '@netproof/core';
import { reportSchema } from './schema.ts';
import { failingRun, passingRun, proveRun } from './testing/runs.ts';
import { writeReports } from './write-reports.ts';

const lines = (events: readonly JournalEvent[]) =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

describe('writeReports', () => {
  let run = '';
  beforeEach(async () => {
    run = await mkdtemp(join(tmpdir(), 'netproof-report-'));
  });
  afterEach(() => rm(run, { recursive: true }));

  it('writes its reports beside the journal and nothing else', async () => {
    await writeFile(join(run, 'journal.jsonl'), lines(failingRun()));
    const written = await writeReports(run);
    assert.deepEqual(written.totals, { passed: 1, failed: 1, skipped: 0 });
    assert.equal(written.interrupted, false);
    assert.deepEqual((await readdir(run)).sort(), [
      'index.html',
      'journal.jsonl',
      'junit.xml',
      'results.json',
      'summary.md',
    ]);
    assert.match(await readFile(written.html, 'utf8'), /^<!doctype html>/);
    const results = reportSchema.parse(JSON.parse(await readFile(written.json, 'utf8')));
    assert.deepEqual(results.totals, written.totals);
    assert.equal(results.checks[0]?.outcomes[0]?.findings[0]?.of, 36);
  });

  it('renders the same journal to the same bytes', async () => {
    await writeFile(join(run, 'journal.jsonl'), lines(failingRun()));
    const first = await readFile((await writeReports(run)).html, 'utf8');
    assert.equal(await readFile((await writeReports(run)).html, 'utf8'), first);
  });

  it('shows short evidence, links the rest, and says what is missing', async () => {
    const files = {
      'evidence/nat.txt': '-A POSTROUTING -j MASQUERADE </pre><script>',
      'evidence/long.txt': 'x'.repeat(40_000),
      'evidence/eth0.pcap': Buffer.from([0xd4, 0xc3, 0xb2, 0xa1, 0, 0]),
      'secret.txt': 'not for anybody',
    };
    const evidence = [
      ...Object.keys(files).slice(0, 3),
      'evidence/gone.txt',
      '../secret.txt',
      'javascript:alert(1)',
    ];
    await mkdir(join(run, 'evidence'), { recursive: true });
    for (const [name, content] of Object.entries(files)) await writeFile(join(run, name), content);
    const events = failingRun().map(
      (event): JournalEvent =>
        event.event === 'check-finished' && event.result === 'fail'
          ? {
              ...event,
              evidence: evidence.map((file) => ({ title: `title of ${file}`, file })),
              lastSeen: 'x/a on worker → x/b on worker2, TCP 8080: the request was last seen <where>',
            }
          : event,
    );
    await writeFile(join(run, 'journal.jsonl'), lines(events));
    const written = await writeReports(run);
    const text = await readFile(written.html, 'utf8');
    assert.match(text, /TCP 8080: the request was last seen &lt;where&gt;<\/p>\s*<p class="again">/);
    const json = JSON.parse(await readFile(written.json, 'utf8'));
    const outcomes: readonly { lastSeen?: string }[] = json.checks.flatMap(
      ({ outcomes }: { outcomes: object[] }) => outcomes,
    );
    assert.match(
      outcomes.map(({ lastSeen }) => lastSeen ?? '').join(''),
      /^x\/a on worker .* last seen <where>$/,
    );
    assert.ok(text.includes('<pre>-A POSTROUTING -j MASQUERADE &lt;/pre&gt;&lt;script&gt;</pre>'));
    assert.match(text, /<a href="evidence\/long.txt">title of evidence\/long.txt<\/a> .*\.txt 39.1 KiB/);
    assert.match(text, /<a href="evidence\/eth0.pcap">.*\.pcap 6 bytes/);
    assert.match(text, /<code>evidence\/gone.txt<\/code> .*is not there any more/);
    assert.match(text, /<code>..\/secret.txt<\/code> .*is not below/);
    assert.match(text, /<code>javascript:alert\(1\)<\/code> .*is not below/);
    assert.doesNotMatch(text, /not for anybody|xxxxx|href="[^"]*javascript/);
  });

  it('only links the evidence of what a fault broke', async () => {
    await mkdir(join(run, 'evidence'));
    await writeFile(join(run, 'evidence', 'nat.txt'), 'the rule');
    const events = proveRun().map(
      (event): JournalEvent =>
        event.event === 'check-finished' && event.result === 'fail'
          ? { ...event, evidence: [{ title: 'nat', file: 'evidence/nat.txt' }] }
          : event,
    );
    await writeFile(join(run, 'journal.jsonl'), lines(events));
    const text = await readFile((await writeReports(run)).html, 'utf8');
    assert.match(text, /<a href="evidence\/nat.txt">nat<\/a> .*8 bytes/);
    assert.doesNotMatch(text, /the rule/);
  });

  it('leaves the reports as they were where the journal is bad', async () => {
    await writeFile(join(run, 'journal.jsonl'), lines(passingRun()));
    const { html } = await writeReports(run);
    const before = await readFile(html, 'utf8');
    await writeFile(join(run, 'journal.jsonl'), 'what?\n');
    await assert.rejects(writeReports(run), { code: 'JOURNAL_INVALID' });
    assert.equal(await readFile(html, 'utf8'), before);
  });

  it('says that there is no journal', async () => {
    await assert.rejects(writeReports(join(run, 'elsewhere')), {
      code: 'JOURNAL_UNREADABLE',
      exit: 2,
    });
  });
});
