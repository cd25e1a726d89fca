import type { JournalCell } from '@netproof/core';
import { blamed, keyOf, shared } from '../blame.ts';
import { count, duration } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { Outcome } from '../model.ts';
import { type Square, squareOf, squares } from '../words.ts';
import { scrolling, shortNames } from './parts.ts';

/** One end of a matrix: who, and on which node (empty outside the cluster and for a Service). */
interface End {
  readonly name: string;
  readonly node: string;
}

/** Every probe of a check as squares, sources down and targets across, one grid for each picture that ports show. */
export function matrix(outcome: Outcome): Html | undefined {
  // A pair that was asked again shows its last answer.
  const latest = [...new Map(outcome.cells.map((cell) => [keyOf(cell), cell])).values()];
  if (latest.length === 0) return undefined;
  const blame = blamed(outcome);
  const sources = ends(latest.map(({ source, sourceNode }) => ({ name: source, node: sourceNode })));
  const targets = ends(latest.map(({ target, targetNode = '' }) => ({ name: target, node: targetNode })));
  const seen = [...new Set(latest.map(squareOf))];
  return html`<div class="grids">${pictures(latest, blame.keys).map((ports) => grid(ports, sources, targets, blame.keys))}</div>
${legend(seen, blame.keys.size > 0, latest.length < sources.length * targets.length * portsOf(latest).length)}
${where(latest, outcome)}
<p class="note">${timing(outcome.cells, latest.length)}</p>`;
}

/** Cells by port, ports that look the same together. */
function pictures(
  cells: readonly JournalCell[],
  bad: ReadonlySet<string>,
): readonly (readonly JournalCell[])[] {
  const byPort = Object.values(Object.groupBy(cells, portOf)) as JournalCell[][];
  const look = (port: readonly JournalCell[]) =>
    port
      .map((cell) => `${cell.source} ${cell.target} ${squareOf(cell)} ${bad.has(keyOf(cell))}`)
      .toSorted()
      .join('\n');
  return [...Map.groupBy(byPort, look).values()].map((alike) => alike.flat());
}

function grid(
  cells: readonly JournalCell[],
  sources: readonly End[],
  targets: readonly End[],
  bad: ReadonlySet<string>,
): Html {
  const at = Map.groupBy(cells, ({ source, target }) => `${source} ${target}`);
  const ports = portsOf(cells).join(', ');
  const short = shortNames([...sources, ...targets].map(({ node }) => node));
  const rows = nodesOf(sources).map(({ node, some }) =>
    some.map(
      (
        source,
        row,
      ) => html`<tr>${row === 0 && html`<th scope="rowgroup" rowspan="${some.length}" class="node">${short(node)}</th>`}<th scope="row">${source.name}</th>${targets.map((target) => square(at.get(`${source.name} ${target.name}`), bad))}</tr>
`,
    ),
  );
  return scrolling(
    `Matrix of ${ports}`,
    html`<table class="grid"><caption>${ports}</caption>
<thead><tr><td colspan="2" class="corner">from ↓ to →</td>${nodesOf(targets).map(({ node, some }) => html`<th scope="colgroup" colspan="${some.length}" class="node">${short(node)}</th>`)}</tr>
<tr><td colspan="2"></td>${targets.map(({ name }) => html`<th scope="col" class="up"><span>${name}</span></th>`)}</tr></thead>
${rows.map((some) => html`<tbody>${some}</tbody>`)}</table>`,
  );
}

function square(cells: readonly JournalCell[] | undefined, bad: ReadonlySet<string>): Html {
  const cell = cells?.[0];
  if (cell === undefined) return html`<td></td>`;
  const kind = squareOf(cell);
  const isBad = bad.has(keyOf(cell));
  const title = kind !== 'connected' || isBad ? html` title="${inWords(cell)}"` : undefined;
  return html`<td class="${kind}${isBad && ' blamed'}"${title}>${squares[kind].letter}</td>`;
}

/** One probe in a sentence, for whoever points at its square. */
function inWords(cell: JournalCell): string {
  const { source, sourceIP, target, verdict, answered, attempts, server, reason } = cell;
  const { clientAddress = sourceIP, clientSeenAs } = cell;
  const seen = squareOf(cell) === 'rewritten' ? `, client ${clientAddress} seen as ${clientSeenAs}` : '';
  const by = verdict === 'wrong-peer' ? ` ${server}` : '';
  return `${source} → ${target}, ${portOf(cell)}: ${verdict}${by}${seen}, ${answered} of ${attempts} attempts answered${reason === undefined ? '' : `, ${reason}`}`;
}

function legend(seen: readonly Square[], anyBlamed: boolean, anyBlank: boolean): Html {
  return html`<ul class="legend">${seen.map(
    (kind) => html`<li><span class="key ${kind}">${squares[kind].letter}</span> ${squares[kind].words}</li>`,
  )}${anyBlamed && html`<li><span class="key blamed">&#160;</span> breaks the requirement</li>`}${
    anyBlank && html`<li><span class="key">&#160;</span> not asked</li>`
  }</ul>`;
}

function where(cells: readonly JournalCell[], outcome: Outcome): Html | undefined {
  const blame = blamed(outcome);
  if (blame.of === 0) return undefined;
  const common = shared(cells, blame);
  const unmarked =
    blame.keys.size < blame.of && html` The findings name ${blame.keys.size} of them; only those are marked.`;
  return html`<p class="where"><strong>${blame.of} of ${count(cells.length, 'probe')} ${blame.of === 1 ? 'breaks' : 'break'} the requirement.</strong>${
    common.length > 0 && html` All of them ${common.join(' and ')}.`
  }${unmarked}</p>`;
}

function timing(cells: readonly JournalCell[], shown: number): string {
  const answered = cells.flatMap(({ ms }) => ms ?? []).toSorted((a, b) => a - b);
  const slowest = cells.find(({ ms }) => ms === answered.at(-1));
  const again = cells.length > shown ? `; a pair asked again shows its last answer` : '';
  const middle = answered[Math.floor(answered.length / 2)];
  if (middle === undefined || slowest?.ms === undefined)
    return `${count(cells.length, 'probe')}${again}, none answered.`;
  return `${count(cells.length, 'probe')}${again}. Answers took ${duration(middle)} in the median, ${duration(slowest.ms)} at most (${slowest.source} → ${slowest.target}, ${portOf(slowest)}).`;
}

function portOf({ port }: JournalCell): string {
  return `${port.protocol} ${port.port}`;
}

function portsOf(cells: readonly JournalCell[]): readonly string[] {
  return [...new Set(cells.map(portOf))];
}

/** Each once, those of a node side by side. */
function ends(all: readonly End[]): readonly End[] {
  const once = [...new Map(all.map((end) => [end.name, end])).values()];
  return once.toSorted((a, b) => a.node.localeCompare(b.node, 'en') || a.name.localeCompare(b.name, 'en'));
}

function nodesOf(all: readonly End[]): readonly { readonly node: string; readonly some: readonly End[] }[] {
  return [...Map.groupBy(all, ({ node }) => node)].map(([node, some]) => ({ node, some }));
}
