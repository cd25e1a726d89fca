import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { EvidenceFiles } from './evidence-files.ts';
import { type Html, html, trusted } from './html.ts';
import type { ReportModel } from './model.ts';
import { checks } from './page/check.ts';
import { results, title, verdict } from './page/first-screen.ts';
import { killMatrix } from './page/kill-matrix.ts';
import { phases, provenance, streams } from './page/run-facts.ts';

const style = ['base', 'sections', 'figures', 'plots', 'media']
  .map((name) => readFileSync(new URL(`./page/${name}.css`, import.meta.url), 'utf8'))
  .join('');

/**
 * The page may load and run nothing but this style: a text that got past the escaping could still do nothing.
 */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** The report for people: one page that needs no network, no script and no other file. */
export function renderHtml(model: ReportModel, files: EvidenceFiles = new Map()): string {
  type Section = readonly [id: string, name: string, content: Html | undefined];
  const kills: Section = ['kills', 'Kill matrix', killMatrix(model)];
  const sections: readonly Section[] = [
    ...(model.run.mode === 'prove' ? [kills] : []),
    ['results', 'Results', results(model)],
    ['checks', 'Checks', model.checks.length > 0 ? checks(model, files) : undefined],
    ['provenance', 'Provenance', provenance(model)],
    ['phases', 'Time', phases(model)],
    ['streams', 'Control streams', streams(model)],
  ];
  const shown = sections.filter(([, , content]) => content !== undefined);
  const { run } = model;
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="netproof ${run.netproof}">
<title>${title(model)}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header class="top"><p class="brand">netproof</p>
<nav aria-label="Sections"><ul>${shown.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav></header>
<main>
${verdict(model)}
${shown.map(([, , content]) => content)}
</main>
<footer><p>Run <code>${run.id}</code>, netproof ${run.netproof}. Rendered from <code>journal.jsonl</code>, which holds every probe; for machines: <a href="results.json">results.json</a>.</p></footer>
</body>
</html>
`}`;
}
