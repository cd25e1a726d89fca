import { count, duration, moment } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { CheckReport, ClusterFacts, ReportModel } from '../model.ts';
import { standing } from '../outcome.ts';
import { signs } from '../words.ts';
import { anchor, badge, breakable, facts, scrolling, table } from './parts.ts';

/** What was judged, the verdict in a sentence, the totals. */
export function verdict(model: ReportModel): Html {
  const { conclusion, run, clusters, totals } = model;
  const sign = signs[conclusion.result];
  const took = Date.parse(run.ended) - Date.parse(run.started);
  return html`<section id="verdict" aria-labelledby="verdict-h">
<h1 id="verdict-h">${title(model)}</h1>
<div class="verdict ${sign.tone}"><p class="word"><span aria-hidden="true">${sign.glyph}</span> ${sign.word}</p>
<div><p class="sentence">${conclusion.sentence}</p>${run.stops.map((stop) => html`<p class="stop">${stop}</p>`)}${run.message !== undefined && html`<p class="stop">${run.message}</p>`}</div></div>
<div class="glance"><ul class="totals">
<li><b>${totals.passed}</b> passed</li><li><b>${totals.failed}</b> failed</li><li><b>${totals.skipped}</b> skipped</li>
</ul>
${judged(clusters)}
${facts([
  ['Started', moment(run.started)],
  ['Took', duration(took)],
  ['Exit code', run.exit ?? 'none'],
])}</div>
</section>`;
}

/** What was judged in a line, for the heading and the window's title. */
export function title({ run, clusters: [first, ...others] }: ReportModel): string {
  const what = run.mode === 'prove' ? 'Proof of the checks' : 'Network conformance';
  if (first === undefined) return `${what}: no cluster came up`;
  if (others.length > 0) return `${what} of ${count(others.length + 1, 'cluster')}`;
  return `${what}: ${first.cni} ${first.cniVersion} on Kubernetes ${first.kubernetes}`;
}

function judged(clusters: readonly ClusterFacts[]): Html | undefined {
  const terms = ['Cluster', 'CNI', 'Kubernetes', 'kube-proxy', 'Nodes', 'Pod addresses', 'Claims'] as const;
  const [first, ...others] = clusters.map(({ name, cni, cniVersion, kubernetes, interrupted, ...more }) => [
    html`<strong>${name}</strong>${interrupted && ' (interrupted)'}`,
    `${cni} ${cniVersion}`,
    kubernetes,
    more.kubeProxy,
    more.nodes.length,
    more.podSubnet,
    more.claims.join(', '),
  ]);
  if (first === undefined) return undefined;
  if (others.length === 0) return facts(terms.map((term, at) => [term, first[at]]));
  return table(
    'Clusters',
    terms.map((term) => [term]),
    [first, ...others],
  );
}

/** Checks down, clusters across. */
export function results({ checks, clusters }: ReportModel): Html | undefined {
  if (checks.length === 0) return undefined;
  return html`<section id="results" aria-labelledby="results-h"><h2 id="results-h">Results</h2>
${scrolling(
  'Results',
  html`<table class="results" aria-label="Results"><thead><tr><th scope="col">Check</th>${clusters.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${checks.map(
    (
      check,
    ) => html`<tr><th scope="row"><a href="#${anchor(check.id)}"><code>${breakable(check.id)}</code></a><br><span class="sub">${check.requirement}</span></th>${clusters.map((cluster) => resultCell(check, cluster, clusters.length === 1))}</tr>
`,
  )}</tbody></table>`,
)}
</section>`;
}

function resultCell(check: CheckReport, cluster: ClusterFacts, alone: boolean): Html {
  const outcome = standing(check.outcomes, cluster.name);
  if (outcome === undefined) return html`<td class="quiet">not planned</td>`;
  // Side by side there is room for results only; what was found stands below, with the check.
  const detail = alone ? (outcome.reason ?? outcome.findings[0]?.message) : undefined;
  return html`<td><a class="plain" href="#${anchor(check.id, cluster.name)}">${badge(outcome.result)}</a>${
    outcome.ms !== undefined && html` <span class="time">${duration(outcome.ms)}</span>`
  }${detail !== undefined && html`<br><span class="sub">${detail}</span>`}</td>`;
}
