import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEvent } from '@netproof/core';
import { findRuns } from './find-runs.ts';
import { mergedSchema } from './schema.ts';
import { passingRun } from './testing/runs.ts';
import { severalProof, severalRuns } from './testing/several.ts';
import { writeMergedReport } from './write-merged.ts';

const lines = (events: readonly JournalEvent[]) =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

describe('writeMergedReport', () => {
  let top = '';
  beforeEach(async () => {
    top = await mkdtemp(join(tmpdir(), 'netproof-report-'));
  });
  afterEach(() => rm(top, { recursive: true }));

  async function runIn(name: string, events: readonly JournalEvent[] | string): Promise<string> {
    const folder = join(top, name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'journal.jsonl'), typeof events === 'string' ? events : lines(events));
    return folder;
  }

  async function several(): Promise<readonly string[]> {
    return Promise.all(Object.entries(severalRuns()).map(([name, events]) => runIn(`run/${name}`, events)));
  }

  it('writes the report of each run, and above them the page of all', async () => {
    await several();
    const written = await writeMergedReport(await findRuns([join(top, 'run')]), join(top, 'run'));
    assert.deepEqual(written.totals, { passed: 33, failed: 4, skipped: 8 });
    assert.equal(written.conclusion.result, 'fail');
    assert.equal(written.html, join(top, 'run', 'index.html'));
    for (const folder of ['bridge', 'flannel-vxlan', 'calico-vxlan', 'cilium-native']) {
      assert.deepEqual((await readdir(join(top, 'run', folder))).sort(), [
        'index.html',
        'journal.jsonl',
        'junit.xml',
        'results.json',
        'summary.md',
      ]);
    }
    const text = await readFile(written.html, 'utf8');
    assert.ok(text.includes('href="bridge/index.html#dns/service/cluster-ip@bridge"'));
    assert.doesNotMatch(text, /href="\.\./);
    const results = mergedSchema.parse(JSON.parse(await readFile(written.json, 'utf8')));
    assert.deepEqual(results.totals, written.totals);
    assert.deepEqual(
      results.runs.map(({ folder }) => folder),
      ['bridge', 'flannel-vxlan', 'calico-vxlan', 'cilium-native'],
    );
    const nodePort = results.checks.find(({ id }) => id === 'services/node-port/every-node');
    assert.deepEqual(
      nodePort?.outcomes.map(({ run, result }) => [run, result]),
      [
        ['bridge', 'pass'],
        ['flannel-vxlan', 'fail'],
        ['calico-vxlan', 'not-run'],
      ],
    );
    assert.match(nodePort?.outcomes[1]?.findings[0] ?? '', /none of 120 connections/);
  });

  it('renders the same journals to the same bytes', async () => {
    const runs = await several();
    const first = await readFile((await writeMergedReport(runs, join(top, 'run'))).html, 'utf8');
    const again = await writeMergedReport(runs.toReversed(), join(top, 'run'));
    assert.equal(await readFile(again.html, 'utf8'), first);
  });

  it('links to runs in other places, and says how many cells of a proof are as expected', async () => {
    const runs = [await runIn('here/one', passingRun()), await runIn('there/two #2', severalProof())];
    const written = await writeMergedReport(runs, join(top, 'new/merged'));
    const text = await readFile(written.html, 'utf8');
    assert.ok(text.includes('href="../../here/one/index.html"'));
    assert.ok(text.includes('href="../../there/two%20%232/index.html#kills"'));
    const { runs: said } = mergedSchema.parse(JSON.parse(await readFile(written.json, 'utf8')));
    assert.deepEqual(
      said.map(({ kills }) => kills),
      [undefined, { expected: 13, unexpected: 1, open: 0, notApplicable: 0 }],
    );
    assert.match(await readFile(join(runs[1]!, 'index.html'), 'utf8'), /id="kills"/);
  });

  it('says all that is wrong with the journals, and writes nothing', async () => {
    const good = await runIn('good', passingRun());
    const bad = [await runIn('bad', 'what?\n'), await runIn('empty', '')];
    await assert.rejects(writeMergedReport([...bad, good], join(top, 'out')), {
      code: 'RUNS_UNREADABLE',
      exit: 2,
      message: /bad\/journal\.jsonl:1: not an event[\s\S]*no run was started in .*empty\/journal\.jsonl/,
    });
    await assert.rejects(writeMergedReport([good, bad[0]!], join(top, 'out')), { code: 'JOURNAL_INVALID' });
    await assert.rejects(writeMergedReport([], join(top, 'out')), { code: 'JOURNAL_MISSING', exit: 2 });
    assert.deepEqual(await readdir(good), ['journal.jsonl']);
    assert.deepEqual((await readdir(top)).sort(), ['bad', 'empty', 'good']);
  });

  it('does not overwrite the report of a run', async () => {
    const runs = [await runIn('one', passingRun()), await runIn('two', severalProof())];
    await assert.rejects(writeMergedReport(runs, join(top, 'two')), { code: 'OUT_IS_A_RUN', exit: 2 });
    assert.deepEqual(await readdir(runs[1]!), ['journal.jsonl']);
  });

  it('says where it may not write', async () => {
    const runs = [await runIn('one', passingRun()), await runIn('two', severalProof())];
    await writeFile(join(top, 'file'), '');
    await assert.rejects(writeMergedReport(runs, join(top, 'file/below')), {
      code: 'REPORT_NOT_WRITTEN',
      exit: 3,
    });
  });

  describe('findRuns', () => {
    it('finds the folders of runs, and those that stand in a folder, each once', async () => {
      const runs = await several();
      await mkdir(join(top, 'run', 'cluster-logs'));
      await symlink(runs[0]!, join(top, 'link'));
      const found = await findRuns([join(top, 'link'), join(top, 'run'), runs[1]!]);
      assert.equal(found.length, 4);
      assert.deepEqual(await findRuns([runs[2]!]), [runs[2]]);
    });

    it('names every folder that is none and holds none', async () => {
      await several();
      await mkdir(join(top, 'run', 'bridge', 'evidence'));
      const evidence = join(top, 'run', 'bridge', 'evidence');
      await assert.rejects(findRuns([join(top, 'gone'), join(top, 'run'), evidence, top]), {
        code: 'JOURNAL_MISSING',
        exit: 2,
        message:
          /^cannot read .*gone: ENOENT.*\nthere is no journal\.jsonl in .*evidence or .*\nthere is no .*$/,
      });
    });
  });
});
