import { duration, moment } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ClusterFacts, ReportModel } from '../model.ts';
import { signs } from '../words.ts';
import { map } from './map.ts';
import { facts } from './parts.ts';

/** What was judged, the verdict in a sentence, the totals. */
export function verdict(model: ReportModel): Html {
  const { conclusion, run, clusters, totals } = model;
  const sign = signs[conclusion.result];
  const took = Date.parse(run.ended) - Date.parse(run.started);
  return html`<section id="verdict" aria-labelledby="verdict-h">
<h1 id="verdict-h">${title(model)}</h1>
<div class="verdict ${sign.tone}"><p class="word"><span aria-hidden="true">${sign.glyph}</span> ${sign.word}</p>
<div><p class="sentence">${conclusion.sentence}</p>${run.stops.map((stop) => html`<p class="stop">${stop}</p>`)}${run.message !== undefined && message(run.message)}</div></div>
<div class="glance"><ul class="totals">
<li><b>${totals.passed}</b> passed</li><li><b>${totals.failed}</b> failed</li><li><b>${totals.skipped}</b> skipped</li>${totals.known !== undefined && html`<li><b>${totals.known}</b> known to fail</li>`}
</ul>
${judged(clusters)}
${facts([
  ['Started', moment(run.started)],
  ['Took', duration(took)],
  ['Exit code', run.exit ?? 'none'],
  ['Kernel', run.machine.kernel],
  ['System', run.machine.os],
  ['Docker', run.docker],
  ['Node.js', run.node],
  ['netproof', run.netproof],
])}
${origins(run)}</div>
</section>`;
}

/** What was pulled and what was built, each part with its version and with what was changed in it. */
function origins({ provenance }: ReportModel['run']): Html | undefined {
  if (provenance.length === 0) return undefined;
  const part = ({ name, version, from }: (typeof provenance)[number]) => {
    const [changed] = /\b(with|without|patch)\b.*/.exec(from) ?? [];
    // Without the registry, which is the same for all.
    const short = name.replace(/^[^/]*\.[^/]*\//, '');
    return html`<li>${short}${!name.includes(version) && ` ${version}`}${changed !== undefined && html` <span class="sub">(${changed})</span>`}</li>`;
  };
  const words = { pulled: 'Pulled', built: 'Built from source', present: 'Found on this machine' } as const;
  return facts([
    ...Object.entries(words).map(([origin, word]) => {
      const some = provenance.filter((one) => one.origin === origin);
      return [word, some.length > 0 && html`<ul class="parts">${some.map(part)}</ul>`] as const;
    }),
  ]);
}

/** An error may carry a page of what a command printed. */
function message(text: string): Html {
  const short = 280;
  if (text.length <= short) return html`<p class="stop">${text}</p>`;
  return html`<details class="stop"><summary>${text.slice(0, short)} …</summary><p>${text}</p></details>`;
}

/** What was judged in a line, for the heading and the window's title. */
export function title({ run, clusters: [first] }: ReportModel): string {
  const what = run.mode === 'prove' ? 'Proof of the checks' : 'Network conformance';
  if (first === undefined) return `${what}: no cluster came up`;
  return `${what}: ${first.cni} ${first.cniVersion} on Kubernetes ${first.kubernetes}`;
}

/** The heading has its CNI and its Kubernetes. */
function judged([cluster]: readonly ClusterFacts[]): Html | undefined {
  if (cluster === undefined) return undefined;
  const { name, interrupted, kubeProxy, nodes, podSubnet, provider, claims } = cluster;
  return facts([
    ['Cluster', html`<strong>${name}</strong>${interrupted && ' (interrupted)'}`],
    ['Provider', provider && `${provider}: netproof did not make it`],
    ['kube-proxy', kubeProxy],
    ['Nodes', nodes.length > 0 && nodes.length],
    ['Pod addresses', podSubnet],
    ['Claims', claims.join(', ')],
  ]);
}

/** Where the cluster is right and where it broke. */
export function results(model: ReportModel): Html | undefined {
  const { checks, clusters } = model;
  if (checks.length === 0) return undefined;
  return html`<section id="results" aria-labelledby="results-h"><h2 id="results-h">Results</h2>
${clusters.map((cluster) => map(model, cluster))}
</section>`;
}
