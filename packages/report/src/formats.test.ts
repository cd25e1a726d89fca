import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEvent } from '@netproof/core';
import { findRuns } from './find-runs.ts';
import { pieces, secrets } from './testing/hostile.ts';
import { marked } from './testing/markup.ts';
import { failingRun, proveRun } from './testing/runs.ts';
import { severalRuns } from './testing/several.ts';
import { writeMergedReport } from './write-merged.ts';

describe('reports', () => {
  let top = '';
  beforeEach(async () => {
    top = await mkdtemp(join(tmpdir(), 'netproof-report-'));
  });
  afterEach(() => rm(top, { recursive: true }));

  for (const [what, secret] of Object.entries(secrets)) {
    it(`hold no secret that a journal or a file of evidence quotes: ${what}`, async () => {
      const evidence = [{ title: 'log', file: 'evidence/x/log.txt' }];
      const runs = { ...severalRuns(), failing: failingRun(), proof: proveRun({ blind: true }) };
      for (const [name, events] of Object.entries(runs)) {
        await mkdir(join(top, name, 'evidence/x'), { recursive: true });
        await writeFile(join(top, name, 'evidence/x/log.txt'), `a line\n${secret}\n`);
        const quoting = marked(events, ` ${secret}`).map(
          (event): JournalEvent => (event.event === 'check-finished' ? { ...event, evidence } : event),
        );
        const text = quoting.map((event) => `${JSON.stringify(event)}\n`).join('');
        assert.ok(pieces.some((piece) => text.includes(piece)));
        await writeFile(join(top, name, 'journal.jsonl'), text);
      }
      await writeMergedReport(await findRuns([top]), top);
      const files = (await readdir(top, { recursive: true })).filter((file) =>
        /(?<!journal)\.(html|jsonl?|xml|md)$/.test(file),
      );
      assert.equal(files.length, 4 * (Object.keys(runs).length + 1));
      for (const file of files) {
        const text = await readFile(join(top, file), 'utf8');
        for (const piece of pieces) assert.ok(!text.includes(piece), `${file} holds ${piece}`);
        if (/failing|results/.test(file)) assert.match(text, /left out\]/, file);
      }
    }).timeout(30_000);
  }
});
