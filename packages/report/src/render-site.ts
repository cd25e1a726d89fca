import { moment } from './format.ts';
import { type Html, html } from './html.ts';
import { badge, scrolling } from './page/parts.ts';
import { page } from './page/shell.ts';
import type { Listed } from './site-schema.ts';
import { signs } from './words.ts';

type Said = NonNullable<Listed['said']>;

/** As many clusters stand side by side on a phone; more of them scroll. */
const most = 4;

/** The page of a site: its reports down, the newest first, clusters across. */
export function renderSite(listed: readonly Listed[]): string {
  const versions = listed.flatMap(({ said }) => said?.runs[0]?.run.netproof ?? []);
  return page({
    title: 'Network conformance, run by run',
    netproof: versions[0] ?? '',
    first: newest(listed),
    sections: [['runs', 'Runs × clusters', matrix(listed)]],
    footer: html`Each report is behind the time at which its first run began, and that of a cluster behind its verdict there.`,
    styles: ['base', 'sections', 'figures', 'merged', 'media'],
  });
}

function newest(listed: readonly Listed[]): Html {
  const [first] = listed.flatMap(({ folder, said }) => (said ? [{ folder, said }] : []));
  const heading = html`<h1 id="verdict-h">Network conformance, run by run</h1>`;
  if (first === undefined)
    return html`<section id="verdict" aria-labelledby="verdict-h">${heading}</section>`;
  const { conclusion } = first.said;
  const { tone, glyph, word } = signs[conclusion.result];
  return html`<section id="verdict" aria-labelledby="verdict-h">
${heading}
<div class="sums"><div class="verdict ${tone}"><p class="word"><span aria-hidden="true">${glyph}</span> ${word}</p>
<p class="sentence"><a href="${pageIn(first.folder)}">${moment(began(first.said))}</a>: ${conclusion.sentence}</p></div></div>
</section>`;
}

function matrix(listed: readonly Listed[]): Html {
  const clusters = [...new Set(listed.flatMap(({ said }) => said?.runs.map(clusterOf) ?? []))].toSorted(
    (a, b) => a.localeCompare(b, 'en'),
  );
  return html`<section id="runs" aria-labelledby="runs-h"><h2 id="runs-h">Runs × clusters</h2>
${scrolling(
  'Runs and clusters',
  html`<table class="suites${clusters.length <= most && ' few'}" aria-label="Runs and clusters">
<colgroup><col class="rows"><col>${clusters.map(() => html`<col>`)}</colgroup>
<thead><tr><td></td><th scope="col">All</th>${clusters.map((cluster) => html`<th scope="col">${cluster}</th>`)}</tr></thead>
<tbody>${listed.map((one) => row(one, clusters))}</tbody></table>`,
)}
</section>`;
}

function row({ folder, said }: Listed, clusters: readonly string[]): Html {
  if (said === undefined) {
    return html`<tr><th scope="row"><a href="${pageIn(folder)}">${folder}</a></th><td class="came quiet" colspan="${clusters.length + 1}">its results.json cannot be read</td></tr>
`;
  }
  const { passed, failed, skipped } = said.totals;
  const modes = [...new Set(said.runs.map(({ run }) => run.mode))].join(', ');
  return html`<tr><th scope="row"><a href="${pageIn(folder)}">${moment(began(said))}</a><br><span class="sub">${modes}: ${passed} passed, ${failed} failed, ${skipped} skipped</span></th><td class="came">${verdict(pageIn(folder), said.conclusion)}</td>${clusters.map(
    (cluster) => {
      const runs = said.runs.filter((run) => clusterOf(run) === cluster);
      if (runs.length === 0) return html`<td class="came quiet">not run</td>`;
      return html`<td class="came">${runs.map((run) => verdict(pageIn(folder, run.folder), run.conclusion))}</td>`;
    },
  )}</tr>
`;
}

function verdict(address: string, { result, sentence }: Said['conclusion']): Html {
  return html`<a class="plain" href="${address}" title="${sentence}">${badge(result)}</a> `;
}

/** When the first of its runs began. */
function began({ runs }: Said): string {
  return runs[0]!.run.started;
}

function clusterOf({ cluster, name }: Said['runs'][number]): string {
  return cluster?.name ?? name;
}

function pageIn(...folders: readonly string[]): string {
  const parts = ['runs', ...folders].flatMap((folder) => folder.split('/')).filter((part) => part !== '');
  return [...parts.map(encodeURIComponent), 'index.html'].join('/');
}
