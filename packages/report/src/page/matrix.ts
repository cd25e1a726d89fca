import { portName } from '@netproof/core';
import { type Asked, probesOf } from '../asked.ts';
import { blamed } from '../blame.ts';
import { count, duration, number } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type Line, linesOf } from '../matrix-lines.ts';
import type { ClusterFacts, Outcome } from '../model.ts';
import { squares } from '../words.ts';
import { scrolling, shorten, shortNames } from './parts.ts';

/** Every probe of a check as squares, sources down and targets across, one grid for each picture that ports show. */
export function matrix(outcome: Outcome, cluster: ClusterFacts | undefined): Html | undefined {
  const blame = blamed(outcome);
  const probes = probesOf(outcome, cluster, blame);
  if (probes.length === 0) return undefined;
  const rows = linesOf(probes.map(({ source }) => source));
  const columns = linesOf(probes.map(({ target }) => target));
  const judged = blame.unnamed === 0 && ['pass', 'fail', 'observed'].includes(outcome.result);
  const grids = pictures(probes).map((some) => grid(some, rows, columns, judged, cluster));
  const pairs = new Set(probes.map(({ source, target }) => `${source.name} ${target.name}`)).size;
  const ends = (lines: readonly Line[]) => lines.reduce((sum, line) => sum + line.ends.size, 0);
  return html`<div class="grids">${grids}</div>
${legend(probes, pairs < ends(rows) * ends(columns), judged)}
<p class="note">${shorten(timing(outcome, probes.length), cluster)}</p>`;
}

/** Probes by port, ports that look the same together. */
function pictures(probes: readonly Asked[]): readonly (readonly Asked[])[] {
  const byPort = [...Map.groupBy(probes, ({ port }) => port).values()];
  const look = (some: readonly Asked[]) =>
    some
      .map(({ source, target, square, bad }) => `${source.name} ${target.name} ${square} ${bad}`)
      .toSorted()
      .join('\n');
  return [...Map.groupBy(byPort, look).values()].map((alike) => alike.flat());
}

function grid(
  probes: readonly Asked[],
  rows: readonly Line[],
  columns: readonly Line[],
  judged: boolean,
  cluster: ClusterFacts | undefined,
): Html {
  const lineOf = (lines: readonly Line[]) => {
    const all = new Map(lines.flatMap((line) => [...line.ends].map((end) => [end, line] as const)));
    return (end: string) => all.get(end);
  };
  const [rowOf, columnOf] = [lineOf(rows), lineOf(columns)];
  const byRow = Map.groupBy(probes, ({ source }) => rowOf(source.name));
  const ports = [...new Set(probes.map(({ port }) => port))].join(', ');
  const crowded = [...rows, ...columns].some(({ ends }) => ends.size > 1);
  const short = shortNames(cluster?.nodes.map(({ name }) => name) ?? []);
  const byNode = (lines: readonly Line[]) => [...Map.groupBy(lines, ({ node }) => node)];
  const place = (node: string) => (node === '' ? '' : short(node));
  // Where columns are few, a node's name does not fit above them.
  const narrow = !crowded && byNode(columns).some(([, some]) => some.length < 3);
  const body = byNode(rows).map(([node, some]) =>
    some.map((row, at) => {
      const squaresOf = Map.groupBy(byRow.get(row) ?? [], ({ target }) => columnOf(target.name));
      return html`<tr>${at === 0 && html`<th scope="rowgroup" rowspan="${some.length}" class="node">${place(node)}</th>`}<th scope="row">${shorten(row.name, cluster)}</th>${columns.map(
        (column) => square(squaresOf.get(column), judged),
      )}</tr>
`;
    }),
  );
  return scrolling(
    `Matrix of ${ports}`,
    html`<table class="grid squares${crowded && ' by-node'}"><caption>${ports}</caption>
<thead><tr><td colspan="2" class="corner">from ↓ to →</td>${byNode(columns).map(([node, some]) => html`<th scope="colgroup" colspan="${some.length}" class="node${narrow && ' up'}"><span>${place(node)}</span></th>`)}</tr>
<tr><td colspan="2"></td>${columns.map(({ name }) => html`<th scope="col" class="up"><span>${shorten(name, cluster)}</span></th>`)}</tr></thead>
${body.map((some) => html`<tbody>${some}</tbody>`)}</table>`,
  );
}

/** One probe, or all those between the ends of a row and of a column. */
function square(probes: readonly Asked[] | undefined, judged: boolean): Html {
  if (probes === undefined) return html`<td class="sq none"></td>`;
  const bad = probes.filter((one) => one.bad);
  const [some = probes] = [
    ...Map.groupBy(bad.length > 0 ? bad : probes, ({ square }) => square).values(),
  ].toSorted((a, b) => b.length - a.length);
  const [one = probes[0]] = some;
  if (one === undefined) return html`<td class="sq none"></td>`;
  const pairs = new Set(probes.map(({ source, target }) => `${source.name} ${target.name}`)).size;
  const rest = probes.length > 1 ? ` (and so ${some.length} of ${probes.length})` : '';
  return html`<td class="sq ${toneOf(one, judged)}" title="${one.words}${rest}">${squares[one.square].letter}${
    pairs > 1 && bad.length > 0 && html`<span>${number(bad.length)}/${number(probes.length)}</span>`
  }</td>`;
}

/** A pair that is not connected is right only where the check has judged it so. */
function toneOf({ bad, square }: Asked, judged: boolean): string {
  if (bad) return 'blamed';
  if (square === 'connected' || square === 'probe-error') return square;
  return judged ? 'required' : 'unjudged';
}

/** What the letters mean. */
function legend(probes: readonly Asked[], blank: boolean, judged: boolean): Html {
  const meanings: Readonly<Record<string, string>> = {
    blamed: ': breaks the requirement',
    required: ': as required',
  };
  const keys = Map.groupBy(probes, (one) => `${one.square} ${toneOf(one, judged)}`);
  return html`<ul class="legend">${[...keys.values()].map(
    ([one]) =>
      one &&
      html`<li><span class="key sq ${toneOf(one, judged)}">${squares[one.square].letter}</span> ${squares[one.square].words}${meanings[toneOf(one, judged)]}</li>`,
  )}${blank && html`<li><span class="key sq none"></span> not asked</li>`}</ul>`;
}

function timing({ cells }: Outcome, shown: number): string {
  const answered = cells.flatMap(({ ms }) => ms ?? []).toSorted((a, b) => a - b);
  const slowest = cells.find(({ ms }) => ms === answered.at(-1));
  const again = cells.length > shown ? `; a pair asked again shows its last answer` : '';
  const middle = answered[Math.floor(answered.length / 2)];
  if (middle === undefined || slowest?.ms === undefined)
    return `${count(cells.length, 'probe')}${again}, none answered.`;
  return `${count(cells.length, 'probe')}${again}. Answers took ${duration(middle)} in the median, ${duration(slowest.ms)} at most (${slowest.source} → ${slowest.target}, ${portName(slowest.port)}).`;
}
