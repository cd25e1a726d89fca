import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEvent } from '@netproof/core';
import { merge } from './merge.ts';
import { renderMergedJson } from './render-merged-json.ts';
import { summarise } from './summarise.ts';
import { assertInert, evil, harmless, marked, shapeOf } from './testing/markup.ts';
import { plain } from './testing/page.ts';
import { severalProof, severalRuns } from './testing/several.ts';
import { writeSite } from './write-site.ts';

type Journals = Readonly<Record<string, readonly JournalEvent[]>>;

describe('writeSite', () => {
  let site = '';
  beforeEach(async () => {
    site = await mkdtemp(join(tmpdir(), 'netproof-site-'));
  });
  afterEach(() => rm(site, { recursive: true }));

  async function report(name: string, results: Journals | string): Promise<void> {
    await mkdir(join(site, 'runs', name), { recursive: true });
    const text = typeof results === 'string' ? results : json(results);
    await writeFile(join(site, 'runs', name, 'results.json'), text);
  }

  /** The text of each row of the page, and where its links lead. */
  async function rows(): Promise<readonly { readonly text: string; readonly links: readonly string[] }[]> {
    const text = await readFile(join(site, 'index.html'), 'utf8');
    const [, body = ''] = /<tbody>(.*)<\/tbody>/s.exec(text) ?? [];
    return [...body.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) => ({
      text: plain(row).replaceAll(/\s+/g, ' ').trim(),
      links: [...row.matchAll(/href="([^"]*)"/g)].map(([, link = '']) => link),
    }));
  }

  it('leads to each report, the newest first, and to that of each cluster', async () => {
    await report('100', severalRuns());
    await report('101', { proof: severalProof() });
    assert.equal(await writeSite(site), join(site, 'index.html'));
    assertInert(await readFile(join(site, 'index.html'), 'utf8'));
    const [proof, run, ...others] = await rows();
    assert.deepEqual(others, []);
    assert.match(
      proof!.text,
      /^2026-11-21 19:\S+ UTCprove: \d+ passed, \d+ failed, \d+ skipped✗ FAIL ✗ FAIL not runnot runnot run$/,
    );
    assert.deepEqual(proof!.links, [
      'runs/101/index.html',
      'runs/101/index.html',
      'runs/101/proof/index.html',
    ]);
    assert.match(run!.text, /run: 33 passed, 4 failed, 8 skipped/);
    assert.ok(run!.links.includes('runs/100/flannel-vxlan/index.html'));
  });

  it('keeps the newest, and deletes the others after the page leads to them no more', async () => {
    await report('9', 'what?');
    await report('100', severalRuns());
    await report('101', { proof: severalProof() });
    await writeSite(site, 1);
    assert.deepEqual(await readdir(join(site, 'runs')), ['101']);
    assert.equal((await rows()).length, 1);
  });

  it('keeps what it cannot read, and says so', async () => {
    await report('9', '{"kind":"MergedReport","runs":[]}');
    await report('10', 'what?');
    await report('8', severalRuns());
    await writeSite(site);
    assert.deepEqual(
      (await rows()).map(({ links }) => links[0]),
      ['runs/8/index.html', 'runs/10/index.html', 'runs/9/index.html'],
    );
    assert.match((await rows())[1]!.text, /cannot be read/);
  });

  it('asks no more of a report than it shows', async () => {
    const { apiVersion: _, checks: __, ...less } = JSON.parse(json(severalRuns()));
    await report('1', JSON.stringify({ ...less, later: 'more' }));
    await writeSite(site);
    assert.match((await rows())[0]!.text, /33 passed/);
  });

  it('shows a text as a text', async () => {
    const shapes = [];
    for (const text of [evil, harmless]) {
      const journals = Object.entries(severalRuns()).map(([name, events]) => [name, marked(events, text)]);
      await report('1', Object.fromEntries(journals));
      await writeSite(site);
      const page = await readFile(join(site, 'index.html'), 'utf8');
      assertInert(page);
      shapes.push(shapeOf(page));
    }
    assert.deepEqual(shapes[0], shapes[1]);
  });

  it('says where there is no report', async () => {
    await assert.rejects(writeSite(site), {
      code: 'SITE_EMPTY',
      exit: 2,
      message: /cannot read .*runs: ENOENT/,
    });
    await mkdir(join(site, 'runs'));
    await assert.rejects(writeSite(site), { code: 'SITE_EMPTY', exit: 2, message: /no report in/ });
    assert.deepEqual(await readdir(site), ['runs']);
  });
});

function json(journals: Journals): string {
  const parts = Object.entries(journals).map(([folder, events]) => ({
    folder,
    model: summarise({ file: `${folder}/journal.jsonl`, events }),
  }));
  return renderMergedJson(merge(parts));
}
