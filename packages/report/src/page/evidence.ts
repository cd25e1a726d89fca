import type { JournalCell } from '@netproof/core';
import { count, duration, number, probability } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import type { ClusterFacts, Outcome } from '../model.ts';
import { squareOf } from '../words.ts';
import { matrix } from './matrix.ts';
import { badge, bar, shortNames, table } from './parts.ts';

/** More rows than this are folded away at first. */
const long = 12;

/** What is wrong, message by message, each with the probes that show it. */
export function findings({ findings }: Outcome, cluster: ClusterFacts | undefined): Html | undefined {
  if (findings.length === 0) return undefined;
  return html`<ul class="findings">${findings.map(
    ({
      kind,
      message,
      cells = [],
      of,
    }) => html`<li class="${kind}">${badge(kind)} <span class="message">${message}</span>
${
  cells.length > 0 &&
  html`<details${cells.length <= long && html` open`}><summary>${count(cells.length, 'probe')}${(of ?? 0) > cells.length && ` of ${of}`}</summary>${probes(cells, cluster)}</details>`
}</li>`,
  )}</ul>`;
}

function probes(cells: readonly JournalCell[], cluster: ClusterFacts | undefined): Html {
  const short = shortNames(cluster?.nodes.map(({ name }) => name) ?? []);
  const end = (name: string, node: string | undefined, address: string) =>
    html`${name}<br><span class="sub">${node && html`${short(node)}, `}${address}</span>`;
  return table(
    'Probes',
    [
      ['From', 'name'],
      ['To', 'name'],
      ['Port', 'name'],
      ['Verdict'],
      ['Answered', 'figure'],
      ['Server saw', 'name'],
      ['Time', 'figure'],
    ],
    cells.map((cell) => [
      end(cell.source, cell.sourceNode, cell.sourceIP),
      end(cell.target, cell.targetNode, cell.address),
      `${cell.port.protocol} ${cell.port.port}`,
      html`${cell.verdict}${cell.verdict === 'wrong-peer' && ` (${cell.server})`}${cell.reason !== undefined && html`<br><span class="sub">${cell.reason}</span>`}`,
      `${cell.answered} of ${cell.attempts}`,
      seenAs(cell, cluster, short),
      cell.ms === undefined ? '–' : duration(cell.ms),
    ]),
  );
}

/** The client's address as the server saw it, and whose it is where it is a node's. */
function seenAs(
  cell: JournalCell,
  cluster: ClusterFacts | undefined,
  short: (node: string) => Html,
): Content {
  if (cell.clientSeenAs === undefined) return '–';
  if (squareOf(cell) !== 'rewritten') return cell.clientSeenAs;
  const node = cluster?.nodes.find(({ ip }) => ip === cell.clientSeenAs);
  return html`<strong>${cell.clientSeenAs}</strong>${node && html`<br><span class="sub">node ${short(node.name)}</span>`}`;
}

/** What a check saw: its matrix, its samples, its statistics, its tables. */
export function evidence(outcome: Outcome): Html {
  return html`${matrix(outcome)}${statistics(outcome)}${samples(outcome)}${outcome.observations.map(
    ({ title, columns, rows }) => html`<h5>${title}</h5>
${table(
  title,
  columns.map((heading, at) => [
    heading,
    rows.every((row) => typeof row[at] === 'number') ? 'figure' : 'text',
  ]),
  rows.map((row) => row.map((cell) => (typeof cell === 'number' ? number(cell) : cell))),
)}`,
  )}`;
}

/** What the evidence consists of, for the line that unfolds it. */
export function evidenceInWords({ cells, samples, statistics, observations }: Outcome): string {
  const connections = samples.reduce((sum, sample) => sum + sample.connections, 0);
  return [
    cells.length > 0 && count(cells.length, 'probe'),
    samples.length > 0 && `${count(connections, 'connection')} in ${count(samples.length, 'sample')}`,
    statistics.length > 0 && count(statistics.length, 'statistic'),
    observations.length > 0 && count(observations.length, 'table'),
  ]
    .filter((part) => part !== false)
    .join(', ');
}

function statistics({ statistics }: Outcome): Html | undefined {
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
    name,
    number(samples),
    value.toFixed(2),
    degreesOfFreedom,
    p < alpha ? html`<strong class="bad">${probability(p)}, too small</strong>` : probability(p),
    probability(alpha),
    detects,
  ]),
)}`;
}

function samples({ samples }: Outcome): Html | undefined {
  if (samples.length === 0) return undefined;
  return html`<h5>Who answered</h5>
${table(
  'Who answered',
  [['From', 'name'], ['To', 'name'], ['Connections', 'figure'], ['Time', 'figure'], ['Answered by']],
  samples.map((sample) => [
    sample.source,
    html`${sample.target}<br><span class="sub">${sample.address}, ${sample.port.protocol} ${sample.port.port}</span>`,
    number(sample.connections),
    duration(sample.ms),
    sample.reason ?? shares(sample),
  ]),
)}`;
}

function shares({ servers, verdicts, connections }: Outcome['samples'][number]): Html {
  const answered = Object.entries(servers).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  // A wrong peer answered too, so it stands among the servers.
  const silent = Object.entries(verdicts).filter(
    ([verdict]) => verdict !== 'connected' && verdict !== 'wrong-peer',
  );
  return html`<ul class="shares">${[...answered, ...silent].map(
    ([who, many]) =>
      html`<li><span>${who}</span><span class="figure">${number(many)}</span><span class="figure">${((many / connections) * 100).toFixed(1)} %</span>${bar(many / connections)}</li>`,
  )}</ul>`;
}
