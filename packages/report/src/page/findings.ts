import { portName } from '@netproof/core';
import { count, duration, number } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ClusterFacts, Outcome } from '../model.ts';
import { badge, shorten, shortNames, table } from './parts.ts';

/** How many of a finding's probes the page has in words; all of them are in the matrix and in the journal. */
const most = 50;

type FindingCell = NonNullable<Outcome['findings'][number]['cells']>[number];

/** What is wrong, message by message, each with the probes that show it. */
export function findings({ findings }: Outcome, cluster: ClusterFacts | undefined): Html | undefined {
  if (findings.length === 0) return undefined;
  return html`<ul class="findings">${findings.map(
    ({
      kind,
      message,
      cells = [],
      of = cells.length,
    }) => html`<li class="${kind}">${badge(kind)} <span class="message">${shorten(message, cluster)}</span>
${
  cells.length > 1 &&
  html`<details><summary>${cells.length > most || cells.length < of ? html`The first ${number(Math.min(most, cells.length))} of ${count(of, 'probe')}` : html`All ${count(of, 'probe')}`} in words</summary>${probes(cells.slice(0, most), cluster)}</details>`
}</li>`,
  )}</ul>`;
}

function probes(cells: readonly FindingCell[], cluster: ClusterFacts | undefined): Html {
  const short = shortNames(cluster?.nodes.map(({ name }) => name) ?? []);
  const end = (name: string, node: string | undefined, address: string) =>
    html`${name}<br><span class="sub">${node && html`${short(node)}, `}${address}</span>`;
  return table(
    'Probes',
    [
      ['From', 'name'],
      ['To', 'name'],
      ['Port', 'name'],
      ['What happened'],
      ['Answered', 'figure'],
      ['Time', 'figure'],
    ],
    cells.map((cell) => [
      end(cell.source, cell.sourceNode, cell.sourceIP),
      end(cell.target, cell.targetNode, cell.address),
      portName(cell.port),
      shorten(cell.text ?? cell.reason ?? seen(cell), cluster),
      `${cell.answered} of ${cell.attempts}`,
      cell.ms === undefined ? '–' : duration(cell.ms),
    ]),
  );
}

/** For journals whose probes have no words of their own. */
function seen({ verdict, server, clientSeenAs, sourceIP }: FindingCell): string {
  if (verdict === 'wrong-peer') return `${server} answered`;
  return clientSeenAs === undefined || clientSeenAs === sourceIP
    ? verdict
    : `${verdict}, the server saw ${clientSeenAs}`;
}
