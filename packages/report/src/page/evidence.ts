import { number, probability } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ClusterFacts, Outcome } from '../model.ts';
import { latencies } from './latency.ts';
import { matrix } from './matrix.ts';
import { shorten, table } from './parts.ts';
import { samples } from './samples.ts';
import { steps } from './steps.ts';
import { watches } from './watches.ts';

/** What a check saw: its matrix, its samples, its watches, its statistics, its tables. */
export function evidence(outcome: Outcome, cluster: ClusterFacts | undefined): Html {
  return html`${steps(outcome, cluster)}${matrix(outcome, cluster)}${samples(outcome, cluster)}${watches(outcome, cluster)}${latencies(outcome, cluster)}${statistics(outcome, cluster)}${observations(outcome, cluster)}`;
}

/** The defects that a check's statistics would have found: without them a green one means nothing. */
export function detects({ statistics }: Outcome): string | undefined {
  const all = [...new Set(statistics.map((one) => one.detects))];
  return all.length === 0 ? undefined : all.join('; ');
}

function statistics({ statistics }: Outcome, cluster: ClusterFacts | undefined): Html | undefined {
  if (statistics.length === 0) return undefined;
  return html`<h5>Statistics</h5>
${table(
  'Statistics',
  [
    ['Test'],
    ['Samples', 'figure'],
    ['Value', 'figure'],
    [html`<abbr title="degrees of freedom">df</abbr>`, 'figure'],
    ['p', 'figure'],
    ['Fails below', 'figure'],
    ['Would have found'],
  ],
  statistics.map(({ name, samples, value, degreesOfFreedom, p, alpha, detects }) => [
    shorten(name, cluster),
    number(samples),
    value.toFixed(2),
    degreesOfFreedom,
    // Written so that a p which is no number is bad too, as the judge has it.
    p >= alpha ? probability(p) : html`<strong class="bad">${probability(p)}, too small</strong>`,
    probability(alpha),
    detects,
  ]),
)}`;
}

/** Folded away where there is a picture of what was asked. */
function observations(
  { observations, cells, samples, watches, latencies }: Outcome,
  cluster: ClusterFacts | undefined,
): Html {
  const drawn = cells.length + samples.length + watches.length + latencies.length > 0;
  return html`${observations.map(
    ({ title, columns, rows }) => html`<details${!drawn && html` open`}><summary>${title}</summary>
${table(
  title,
  columns.map((heading, at) => [
    heading,
    rows.every((row) => typeof row[at] === 'number') ? 'figure' : 'text',
  ]),
  rows.map((row) => row.map((cell) => (typeof cell === 'number' ? number(cell) : shorten(cell, cluster)))),
)}</details>`,
  )}`;
}
