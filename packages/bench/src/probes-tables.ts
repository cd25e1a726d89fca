import { cpus } from 'node:os';
import type { Milliseconds } from '@netproof/core';
import { median } from './figures.ts';
import type { NodeProcess } from './node-costs.ts';
import type { ProbesTold } from './probes.ts';

/** What one turn of so many pods took. */
export interface Row extends ProbesTold {
  readonly what: string;
  readonly pods: number;
  /** How many ports each was asked on, over TCP and UDP. */
  readonly ports: number;
  /** CPU time of all nodes for one of the runs, and what of that was spent in the pods that asked. */
  readonly nodesCpu: Milliseconds;
  readonly podsCpu: Milliseconds;
}

/** The memory of nodes and of the pods that are measured, in bytes. */
export interface Memory {
  readonly pods: number;
  /** Before there was one of them; when so many had begun and nobody had asked them; with streams, after matrices. */
  readonly when: 'none' | 'begun' | 'asked';
  /** Of all processes of all nodes. */
  readonly nodes: number;
  readonly of: ReadonlyMap<NodeProcess['role'], readonly NodeProcess[]>;
}

export interface TablesPlan {
  readonly cluster: string;
  readonly turns: number;
}

/** Medians over all turns, for people. */
export function tables(rows: readonly Row[], memory: readonly Memory[], plan: TablesPlan): string {
  const measured = [...Map.groupBy(rows, ({ pods, what }) => `${pods} ${what}`).values()];
  const kept = [...Map.groupBy(memory, ({ pods, when }) => `${pods} ${when}`).values()];
  return [
    `agents on ${plan.cluster}, ${cpus().length} cores: every pod asks every pod over TCP and UDP; medians of ${plan.turns} turns, sizes in turns`,
    ...aligned([
      ['pods', 'ports', 'probes', 'runs', 'wall s', 'least–most', 'probes/s', ...costs, 'what', 'verdicts'],
      ...measured.map(lineOf),
    ]),
    '',
    'memory in MB: PSS counts what several processes map once, in parts; a stream is the process that each agent is reached through',
    ...aligned([
      ['pods', 'when', 'all nodes, PSS', 'agent RSS', 'agent PSS', 'stream RSS', 'stream PSS', ...controller],
      ...kept.map((some) => [...memoryLine(some), ...controllerLine(rows, some[0])]),
    ]),
  ].join('\n');
}

const costs = ['controller CPU s', 'nodes CPU s', 'of it pods'] as const;
const controller = ['controller RSS', 'controller peak'] as const;

function lineOf(some: readonly Row[]): readonly string[] {
  const { pods, ports, what } = some[0]!;
  const runs = some.flatMap((row) => row.runs);
  const seconds = runs.map(({ ms }) => ms / 1_000);
  const cost = [
    runs.length === 0 ? '' : median(runs.map(({ cpu }) => cpu / 1_000)).toFixed(2),
    median(some.map((row) => row.nodesCpu / 1_000)).toFixed(2),
    median(some.map((row) => row.podsCpu / 1_000)).toFixed(2),
  ];
  if (runs.length === 0) return [String(pods), '', '', '', '', '', '', ...cost, what, ''];
  const probes = median(runs.map((run) => run.probes));
  return [
    String(pods),
    ports === 0 ? '' : String(ports),
    probes === 0 ? '' : String(probes),
    String(runs.length),
    median(seconds).toFixed(2),
    `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`,
    probes === 0 ? '' : (probes / median(seconds)).toFixed(0),
    ...cost,
    what,
    verdictsOf(some),
  ];
}

/** What all probes came to; anything but `connected` is the machine's doing here, or ours. */
function verdictsOf(some: readonly Row[]): string {
  const sums = new Map<string, number>();
  for (const { words } of some.flatMap((row) => row.runs))
    for (const [word, count] of Object.entries(words)) sums.set(word, (sums.get(word) ?? 0) + count);
  const lost = Math.max(...some.map((row) => row.lost));
  const all = [...sums].map(([word, count]) => `${count} ${word}`);
  return [...all, ...(lost > 0 ? [`streams lost by then: ${lost}`] : [])].join(', ');
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);

function memoryLine(some: readonly Memory[]): readonly string[] {
  const { pods, when } = some[0]!;
  const middle = (role: NodeProcess['role'], of: 'rss' | 'pss') => {
    const all = some.flatMap((one) => one.of.get(role) ?? []).map((one) => one[of]);
    return all.length === 0 ? '' : megabytes(median(all));
  };
  return [
    String(pods),
    when,
    megabytes(median(some.map(({ nodes }) => nodes))),
    ...(['agent', 'stream'] as const).flatMap((role) => [middle(role, 'rss'), middle(role, 'pss')]),
  ];
}

/** The controller is there when pods are asked. */
function controllerLine(rows: readonly Row[], memory: Memory | undefined): readonly string[] {
  const own = rows.filter(({ pods, peak }) => pods === memory?.pods && peak > 0);
  if (memory?.when !== 'asked' || own.length === 0) return ['', ''];
  return [megabytes(median(own.map(({ rss }) => rss))), megabytes(Math.max(...own.map(({ peak }) => peak)))];
}

/** Columns as wide as what stands in them; figures to the right, words to the left. */
export function aligned(lines: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number) => Math.max(...lines.map((line) => line[column]?.length ?? 0));
  const isFigure = (column: number) => lines.slice(1).every((line) => /^[\d.–]*$/.test(line[column] ?? ''));
  return lines.map((line) =>
    line
      .map((cell, at) => (isFigure(at) ? cell.padStart(width(at)) : cell.padEnd(width(at))))
      .join('  ')
      .trimEnd(),
  );
}
