import { blamed, sampleKey } from '../blame.ts';
import { number } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ClusterFacts, Outcome } from '../model.ts';
import { bar, scrolling, shorten, shortNames } from './parts.ts';

type Sample = Outcome['samples'][number];

/** Who answered whom how often: clients down, servers across, one table for each address that was asked. */
export function samples(outcome: Outcome, cluster: ClusterFacts | undefined): Html | undefined {
  if (outcome.samples.length === 0) return undefined;
  const bad = blamed(outcome).samples;
  const byTarget = Map.groupBy(
    outcome.samples,
    ({ target, address, port }) => `${target}, ${address}, ${port.protocol} ${port.port}`,
  );
  const byClient = (a: Sample, b: Sample) => a.source.localeCompare(b.source, 'en', { numeric: true });
  return html`${[...byTarget].map(([target, some]) => shares(target, some.toSorted(byClient), bad, cluster))}`;
}

function shares(
  target: string,
  samples: readonly Sample[],
  bad: ReadonlySet<string>,
  cluster: ClusterFacts | undefined,
): Html {
  const places = new Map(cluster?.endpoints.map(({ id, node }) => [id, node]));
  const short = shortNames(cluster?.nodes.map(({ name }) => name) ?? []);
  const end = (id: string) =>
    html`${id}${places.get(id) && html`<br><span class="sub">${short(places.get(id) ?? '')}</span>`}`;
  const names = (of: (sample: Sample) => object) =>
    [...new Set(samples.flatMap((sample) => Object.keys(of(sample))))].toSorted((a, b) =>
      a.localeCompare(b, 'en'),
    );
  const servers = names(({ servers }) => servers);
  // A wrong peer answered too, so it stands among the servers.
  const silent = names(({ verdicts: { connected: _, 'wrong-peer': __, ...others } }) => others);
  return scrolling(
    `Who answered for ${target}`,
    html`<table class="shares"><caption>${target}: who answered</caption>
<thead><tr><th scope="col">Client</th>${servers.map((server) => html`<th scope="col">${end(server)}</th>`)}${silent.map((verdict) => html`<th scope="col">${verdict}</th>`)}<th scope="col" class="figure">Connections</th></tr></thead>
<tbody>${samples.map((sample) => {
      const tried = Object.values(sample.verdicts).reduce((sum, many) => sum + many, 0);
      const cut =
        tried < sample.connections &&
        html`<br><span class="sub">of ${number(sample.connections)} planned</span>`;
      return html`<tr${bad.has(sampleKey(sample)) && html` class="bad-row"`}><th scope="row">${bad.has(sampleKey(sample)) && html`<b class="mark" title="breaks the requirement">✗</b> `}${end(sample.source)}</th>${servers.map(
        (server) => share(sample.servers[server] ?? 0, tried, false),
      )}${silent.map((verdict) => share(sample.verdicts[verdict as keyof Sample['verdicts']] ?? 0, tried, true))}<td class="figure">${number(tried)}${cut}${
        sample.reason !== undefined && html`<br><span class="sub">${shorten(sample.reason, cluster)}</span>`
      }</td></tr>
`;
    })}</tbody></table>`,
  );
}

function share(many: number, of: number, lost: boolean): Html {
  if (many === 0) return html`<td class="quiet">0</td>`;
  return html`<td${lost && html` class="lost"`}>${number(many)} <span class="sub">${((many / of) * 100).toFixed(1)} %</span>${bar(many / of)}</td>`;
}
