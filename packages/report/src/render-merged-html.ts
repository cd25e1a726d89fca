import { html } from './html.ts';
import type { Merged } from './model.ts';
import { mergedFindings } from './page/merged-findings.ts';
import { endings, mergedTitle, mergedVerdict } from './page/merged-first-screen.ts';
import { suiteMatrix } from './page/merged-matrix.ts';
import { claims, provenances } from './page/merged-runs.ts';
import { page } from './page/shell.ts';

/** The report of several runs for people: what came of each check on each cluster, and links to the runs' own reports. */
export function renderMergedHtml(merged: Merged): string {
  const versions = [...new Set(merged.runs.map(({ model }) => model.run.netproof))].join(', ');
  return page({
    title: mergedTitle(merged),
    netproof: versions,
    first: mergedVerdict(merged),
    sections: [
      ['matrix', 'Suites × clusters', suiteMatrix(merged)],
      ['endings', 'What did not pass', endings(merged)],
      ['findings', 'Findings', mergedFindings(merged)],
      ['provenance', 'Provenance', provenances(merged)],
      ['claims', 'Claims', claims(merged)],
    ],
    footer: html`netproof ${versions}. Rendered from the <code>journal.jsonl</code> of each run; the report of each is behind its name. For machines: <a href="results.json">results.json</a>.`,
    styles: ['base', 'sections', 'figures', 'merged', 'media'],
  });
}
