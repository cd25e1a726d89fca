import {
  type Cell,
  describeLookup,
  type Finding,
  type Observation,
  portName,
  type Sample,
  type ShownCell,
  type ShownLookup,
  type Statistic,
} from '@netproof/core';
import type { EvidenceOrder } from './collect.ts';
import { textTable } from './text-table.ts';

/** What the check demands and what it saw, as text. */
export function expectedAndObserved({
  check,
  fault,
  outcome,
}: Pick<EvidenceOrder, 'check' | 'fault' | 'outcome'>): string {
  const { findings, statistics, observations } = outcome.judgement ?? {
    findings: [],
    statistics: [],
    observations: [],
  };
  return [
    `check     ${check.id}`,
    ...(fault === undefined ? [] : [`fault     ${fault}, which was put in on purpose`]),
    `result    ${outcome.result}`,
    `expected  ${check.requirement}`,
    `because   ${check.source}`,
    '',
    ...findings.flatMap(ofFinding),
    ...statistics.map(ofStatistic),
    ...observations.flatMap(({ title, columns, rows }: Observation) => ['', title, textTable(columns, rows)]),
  ].join('\n');
}

function ofFinding({ kind, message, cells = [], of, sample, lookups = [] }: Finding): string[] {
  const rest = of !== undefined && of > cells.length ? [`… and ${of - cells.length} more`] : [];
  const connections = sample ? [cameOf(sample)] : [];
  const tables = [
    ...(cells.length > 0 ? [probesOf(cells)] : []),
    ...(lookups.length > 0 ? [lookupsOf(lookups)] : []),
  ];
  return [`${kind}: ${message}`, ...connections, ...tables, ...rest, ''];
}

/** `2000 connections: 1990 connected, 10 dropped; answered by x/a 700, x/b 1290`. */
function cameOf({ servers, verdicts }: Sample): string {
  const ends = Object.entries(verdicts).map(([verdict, count]) => `${count} ${verdict}`);
  const answers = Map.groupBy(
    servers.filter((server) => server !== null),
    String,
  );
  const by = [...answers].map(([server, all]) => `${server} ${all.length}`).toSorted();
  const who = by.length > 0 ? `; answered by ${by.join(', ')}` : '';
  return `${servers.length} connections: ${ends.join(', ')}${who}`;
}

/** What was expected of a probe where it is to connect stands beside what was seen. */
function probesOf(cells: readonly ShownCell[]): string {
  const columns = ['from', 'to', 'port', 'may answer', 'answered', 'client is', 'seen as', 'verdict', 'why'];
  return textTable(
    columns,
    cells.map((cell) => [
      `${cell.source.id} on ${cell.source.node}`,
      `${cell.target.label}${cell.target.endpoint ? ` on ${cell.target.endpoint.node}` : ''}`,
      portName(cell.port),
      cell.target.servers.join(' '),
      cell.server ?? 'nobody',
      cell.source.ip,
      cell.clientSeenAs ?? '-',
      verdictOf(cell),
      cell.text ?? cell.reason ?? '',
    ]),
  );
}

function lookupsOf(lookups: readonly ShownLookup[]): string {
  return textTable(
    ['from', 'nameserver', 'transport', 'question', 'answer', 'why'],
    lookups.map((lookup) => [
      `${lookup.source.id} on ${lookup.source.node}`,
      lookup.server || '-',
      lookup.transport,
      `${lookup.name || lookup.question.name} ${lookup.question.type}`,
      describeLookup(lookup),
      lookup.text,
    ]),
  );
}

export function verdictOf({ verdict, answered, attempts }: Cell): string {
  return `${verdict}, ${answered} of ${attempts} answered`;
}

function ofStatistic({ name, value, p, alpha, samples, detects }: Statistic): string {
  return `${name}: ${value.toFixed(1)} of ${samples} samples, p = ${p.toExponential(1)}, fails below ${alpha}; detects ${detects}`;
}
