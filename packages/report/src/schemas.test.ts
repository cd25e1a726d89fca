import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { journalEvent } from '@netproof/core';
import { z } from 'zod';
import { merge } from './merge.ts';
import { renderJson } from './render-json.ts';
import { renderMergedJson } from './render-merged-json.ts';
import { publishedSchemas } from './schemas.ts';
import { summarise } from './summarise.ts';
import { failingRun, interruptedRun, passingRun, proveRun } from './testing/runs.ts';
import { severalProof, severalRuns } from './testing/several.ts';
import { mixedRun } from './testing/wide.ts';

async function published(name: string): Promise<string> {
  return readFile(new URL(`../../../reports/schema/${name}`, import.meta.url), 'utf8');
}

describe('the published schemas', () => {
  for (const [name, text] of Object.entries(publishedSchemas())) {
    it(`hold ${name} as it is in the code (else: node packages/report/src/write-schemas.ts)`, async () => {
      assert.equal(await published(name), text);
    });
  }

  it('accept the results of every kind of run', async () => {
    const schema = z.fromJSONSchema(JSON.parse(await published('report.schema.json')));
    for (const events of [
      passingRun(),
      failingRun(),
      interruptedRun(),
      proveRun({ late: 2_081 }),
      mixedRun(),
      severalRuns()['cilium-native']!,
    ]) {
      const results = JSON.parse(renderJson(summarise({ file: 'journal.jsonl', events })));
      assert.equal(schema.safeParse(results).error, undefined);
      assert.equal(schema.safeParse({ ...results, kind: 'Something' }).success, false);
      assert.equal(
        schema.safeParse({ ...results, totals: { passed: -1, failed: 0, skipped: 0 } }).success,
        false,
      );
    }
  });

  it('accept the results of several runs', async () => {
    const schema = z.fromJSONSchema(JSON.parse(await published('merged-report.schema.json')));
    const parts = Object.entries({ ...severalRuns(), proof: severalProof() }).map(([folder, events]) => ({
      folder,
      model: summarise({ file: 'journal.jsonl', events }),
    }));
    const results = JSON.parse(renderMergedJson(merge(parts)));
    assert.equal(schema.safeParse(results).error, undefined);
    assert.equal(schema.safeParse({ ...results, runs: 'none' }).success, false);
  });

  it('accept every line of a journal', async () => {
    const schema = z.fromJSONSchema(JSON.parse(await published('journal.schema.json')));
    for (const event of [
      ...proveRun({ starved: true, late: 2_081 }),
      ...mixedRun(),
      ...Object.values(severalRuns()).flat(),
    ]) {
      assert.equal(schema.safeParse(event).error, undefined);
      assert.ok(journalEvent.safeParse(event).success);
    }
    assert.equal(schema.safeParse({ ...proveRun()[0], event: 'party' }).success, false);
  });
});
