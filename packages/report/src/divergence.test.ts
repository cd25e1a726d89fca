import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitOf, type JournalEvent, type RecordedDivergence, type Result } from '@netproof/core';
import { compareRuns } from './compare-runs.ts';
import { mergedSchema, reportSchema } from './schema.ts';
import { clusterIp, noNat } from './testing/cluster.ts';
import { assertInert } from './testing/markup.ts';
import { failingRun, passingRun, proveRun, runWith } from './testing/runs.ts';
import { type Element, readXml } from './testing/xml.ts';
import { writeMergedReport } from './write-merged.ts';
import { writeReports } from './write-reports.ts';

const live: RecordedDivergence = {
  reason: 'nodes masquerade <what they send>',
  reference: 'https://example.org/issues/1',
  expires: '2027-03-01',
  expired: false,
};
const expired = { ...live, expires: '2026-11-01', expired: true };

/** The journal of a run in which a cluster records that a check is known to fail. */
const recording = (
  events: readonly JournalEvent[],
  divergence: RecordedDivergence,
  exit: number,
): readonly JournalEvent[] =>
  events.map((event): JournalEvent => {
    if (event.event === 'run-finished') return { ...event, exit };
    return event.event === 'check-finished' && event.check === noNat.id ? { ...event, divergence } : event;
  });

const casesOf = (root: Element) =>
  root.children.flatMap(({ children }) => children.filter(({ name }) => name === 'testcase'));
const countsOf = ({ attributes: { failures, errors, skipped } }: Element) => ({ failures, errors, skipped });

describe('a check that is known to fail, in the reports', () => {
  let top = '';
  beforeEach(async () => {
    top = await mkdtemp(join(tmpdir(), 'netproof-known-'));
  });
  afterEach(() => rm(top, { recursive: true }));

  async function runIn(name: string, events: readonly JournalEvent[]): Promise<string> {
    const folder = join(top, name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'journal.jsonl'), events.map((one) => `${JSON.stringify(one)}\n`).join(''));
    return folder;
  }

  async function reportOf(events: readonly JournalEvent[]) {
    const written = await writeReports(await runIn('run', events));
    const page = await readFile(written.html, 'utf8');
    assertInert(page);
    return {
      ...written,
      page,
      junit: readXml(await readFile(join(top, 'run', 'junit.xml'), 'utf8')),
      summary: await readFile(join(top, 'run', 'summary.md'), 'utf8'),
      results: reportSchema.parse(JSON.parse(await readFile(written.json, 'utf8'))),
    };
  }

  it('is counted apart, with why and until when, and its result stays', async () => {
    const { totals, conclusion, page, results } = await reportOf(recording(failingRun(), live, 0));
    assert.deepEqual(totals, { passed: 1, failed: 0, skipped: 0, known: 1 });
    assert.deepEqual(conclusion, {
      result: 'known',
      sentence: `1 of 2 checks on bridge fails, which is known: ${noNat.id}. 1 passes.`,
    });
    const [outcome] = results.checks[0]!.outcomes;
    assert.deepEqual([outcome?.result, outcome?.divergence], ['fail', live]);
    assert.ok(page.includes('known: nodes masquerade &lt;what they send&gt;, until 2027-03-01'));
    assert.ok(page.includes('<a href="https://example.org/issues/1"'));
    assert.ok(page.includes('<b>1</b> known to fail'));
    assert.match(page, /the server saw 172\.18\.0\.3/);
  });

  it('is an unexpected pass where it passes, and no green report', async () => {
    const { totals, conclusion, page, results } = await reportOf(recording(passingRun(), live, 1));
    assert.deepEqual(totals, { passed: 1, failed: 1, skipped: 0 });
    assert.equal(conclusion.result, 'unexpected-pass');
    assert.equal(
      conclusion.sentence,
      `1 of 2 checks on bridge passes though recorded as known to fail: ${noNat.id}. Delete the entry from cluster.yaml.`,
    );
    assert.equal(results.checks[0]?.outcomes[0]?.result, 'pass');
    assert.match(page, /UNEXPECTED PASS.*delete the entry from cluster\.yaml/s);
  });

  it('fails again once the entry has expired, and says so', async () => {
    const { totals, conclusion, page } = await reportOf(recording(failingRun(), expired, 1));
    assert.deepEqual(totals, { passed: 1, failed: 1, skipped: 0 });
    assert.equal(conclusion.result, 'fail');
    assert.ok(page.includes('was known until 2026-11-01, which is over'));
    const passed = await reportOf(recording(passingRun(), expired, 0));
    assert.equal(passed.conclusion.result, 'pass');
  });

  it('hides no other failure, no error and nothing undecided', async () => {
    const ended: readonly Result[] = ['error', 'inconclusive', 'not-applicable'];
    for (const result of ended) {
      const plain = await reportOf(runWith(result));
      const recorded = await reportOf(runWith(result, { divergence: live }));
      assert.deepEqual([recorded.totals, recorded.conclusion], [plain.totals, plain.conclusion], result);
    }
    const both = failingRun().map(
      (event): JournalEvent =>
        event.event === 'check-finished' && event.check === clusterIp.id
          ? { ...event, divergence: live }
          : event,
    );
    const { conclusion } = await reportOf(both);
    assert.equal(conclusion.result, 'fail');
    const known = failingRun().map(
      (event): JournalEvent =>
        event.event === 'check-finished'
          ? event.check === noNat.id
            ? { ...event, divergence: live }
            : { ...event, result: 'fail', findings: [{ kind: 'fail', message: 'uneven' }] }
          : event,
    );
    assert.equal(
      (await reportOf(known)).conclusion.sentence,
      `1 of 2 checks on bridge fails: ${clusterIp.id}. 1 more is known to fail: ${noNat.id}.`,
    );
  });

  it('has totals that agree with the exit code', async () => {
    for (const divergence of [live, expired]) {
      for (const result of ['pass', 'fail', 'error', 'inconclusive'] as const) {
        const exit = exitOf([{ result, divergence }]);
        const events = runWith(result, { divergence }).map(
          (event): JournalEvent => (event.event === 'run-finished' ? { ...event, exit } : event),
        );
        const { totals, conclusion } = await reportOf(events);
        assert.equal(totals.failed > 0, exit === 1 || exit === 4, result);
        assert.equal(['pass', 'known'].includes(conclusion.result), exit === 0, result);
      }
    }
  });

  it('is skipped in JUnit, and a failure there where it passes', async () => {
    const known = await reportOf(recording(failingRun(), live, 0));
    const [skipped] = casesOf(known.junit)[0]!.children;
    assert.equal(skipped?.name, 'skipped');
    assert.equal(skipped?.attributes.message, 'known: nodes masquerade <what they send>, until 2027-03-01');
    assert.match(skipped?.text ?? '', /^known: .*\n.*the server saw.*\nagain: /s);
    assert.deepEqual(countsOf(known.junit), { failures: '0', errors: '0', skipped: '1' });
    const passes = await reportOf(recording(passingRun(), live, 1));
    const [failure] = casesOf(passes.junit)[0]!.children;
    assert.deepEqual([failure?.name, failure?.attributes.type], ['failure', 'unexpected-pass']);
    assert.match(failure?.text ?? '', /^unexpected pass, known to fail until 2027-03-01.*\nagain: /);
    assert.deepEqual(countsOf(passes.junit), { failures: '1', errors: '0', skipped: '0' });
    const [again] = casesOf((await reportOf(recording(failingRun(), expired, 1))).junit)[0]!.children;
    assert.deepEqual([again?.name, again?.attributes.type], ['failure', 'fail']);
    assert.match(again?.text ?? '', /^was known until 2026-11-01, which is over.*\n.*the server saw/);
  });

  it('is told in the summary, after all that fails', async () => {
    const known = await reportOf(recording(failingRun(), live, 0));
    assert.match(known.summary, /\n1 passed, 0 failed, 0 skipped, 1 known to fail\n/);
    assert.match(known.summary, /\| pod-network \| ≈ 1 of 1 known to fail \|/);
    assert.match(known.summary, /\n\*\*≈ pod-network.*\n\n```text\nknown: nodes masquerade <what they send>/);
    const passes = await reportOf(recording(passingRun(), live, 1));
    assert.match(passes.summary, /^\*\*✗ UNEXPECTED PASS\*\* /);
    assert.match(passes.summary, /\| ✗ 1 of 1 unexpected pass \|/);
    const both = await reportOf(
      failingRun().map((event): JournalEvent => {
        if (event.event !== 'check-finished') return event;
        return event.check === noNat.id ? { ...event, divergence: live } : { ...event, result: 'fail' };
      }),
    );
    assert.match(both.summary, /\*\*✗ services[\s\S]*\*\*≈ pod-network/);
  });

  it('is said of a run that --bail ended, beside what was not run', async () => {
    const ended = (divergence: RecordedDivergence, result: Result) =>
      runWith(result, { divergence }).flatMap((event): readonly JournalEvent[] => {
        if (event.event === 'cell-finished') return [];
        if (event.event === 'run-finished') return [{ ...event, exit: 1 }];
        return event.event === 'cell-started'
          ? [{ ...event, checks: [...event.checks, { ...event.checks[0]!, id: clusterIp.id }] }]
          : [event];
      });
    const passes = await reportOf(ended(live, 'pass'));
    assert.deepEqual([passes.conclusion.result, passes.totals.failed], ['unexpected-pass', 1]);
    assert.match(passes.conclusion.sentence, /cluster\.yaml\. 1 more was not run\.$/);
    const fails = await reportOf(ended(expired, 'fail'));
    assert.match(fails.conclusion.sentence, /^1 of 2 checks on bridge fails: .* 1 more was not run\.$/);
  });

  it('stands beside other clusters for what it is', async () => {
    const folders = [
      await runIn('all/known', recording(failingRun(), live, 0)),
      await runIn('all/passed', recording(passingRun(), live, 1)),
    ];
    const written = await writeMergedReport(folders, join(top, 'all'));
    assert.deepEqual(written.totals, { passed: 2, failed: 1, skipped: 0, known: 1 });
    assert.equal(written.conclusion.result, 'unexpected-pass');
    const page = await readFile(written.html, 'utf8');
    assertInert(page);
    assert.match(page, /KNOWN TO FAIL/);
    assert.match(page, /unexpected pass, known to fail until 2027-03-01/);
    const results = mergedSchema.parse(JSON.parse(await readFile(written.json, 'utf8')));
    const outcomes = results.checks.find(({ id }) => id === noNat.id)?.outcomes;
    assert.deepEqual(
      outcomes?.map(({ result, divergence }) => [result, divergence?.expires]),
      [
        ['fail', '2027-03-01'],
        ['pass', '2027-03-01'],
      ],
    );
  });

  it('is not proved, and no proof is green over it', async () => {
    const plain = proveRun();
    const known = plain.flatMap((event): readonly JournalEvent[] => {
      if (event.event === 'run-finished') return [{ ...event, exit: 5 }];
      if (event.event === 'kill') return event.check === noNat.id ? [] : [event];
      const own = 'check' in event && event.check === noNat.id;
      if (!own || plain.indexOf(event) < plain.findIndex(({ event }) => event === 'kill')) {
        return event.event === 'check-finished' && own
          ? [{ ...event, result: 'fail', divergence: live }]
          : [event];
      }
      return [];
    });
    const { conclusion, totals, page, junit } = await reportOf(known);
    assert.equal(conclusion.result, 'inconclusive');
    assert.ok(
      conclusion.sentence.startsWith(
        `1 check is not proved: ${noNat.id} (it is recorded as known to fail here). All `,
      ),
      conclusion.sentence,
    );
    assert.deepEqual([totals.failed, totals.known], [0, 1]);
    const cases = casesOf(junit);
    const own = cases.filter(({ attributes }) => attributes.name?.startsWith(noNat.id));
    assert.deepEqual(
      own.map(({ attributes: { name }, children: [end] }) => [name, end?.name]),
      [[`${noNat.id} [bridge] without a fault`, 'skipped']],
    );
    assert.equal(cases.length, totals.passed + totals.failed + totals.skipped + (totals.known ?? 0));
    assert.match(page, /Not proved:.*it is recorded as known to fail here/s);
  });

  it('broke nothing between runs, and is mended where it passes', async () => {
    const [passed, known, gone, again] = await Promise.all([
      runIn('passed', passingRun()),
      runIn('known', recording(failingRun(), live, 0)),
      runIn('gone', recording(passingRun(), live, 1)),
      runIn('again', recording(failingRun(), expired, 1)),
    ]);
    const came = await compareRuns(passed, known);
    assert.deepEqual([came.broke, came.otherwise[0]?.after], [[], 'known']);
    assert.match(came.otherwise[0]?.message ?? '', /^known: nodes masquerade .*the server saw/);
    assert.equal((await compareRuns(known, gone)).mended[0]?.after, 'unexpected-pass');
    assert.deepEqual((await compareRuns(known, again)).otherwise[0]?.after, 'fail');
    assert.equal((await compareRuns(passed, again)).broke.length, 1);
  });
});
