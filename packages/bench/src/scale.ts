import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Milliseconds } from '@netproof/core';
import { median } from './figures.ts';

const sizes = [500, 1_000, 2_000, 5_000];

/** What one turn, one matrix, or the opening of the streams took of the controller. */
export interface Spent {
  readonly probes: number;
  /** User and system time. */
  readonly cpu: Milliseconds;
  readonly ms: Milliseconds;
}

/** What a controller's process tells. */
export interface Told {
  readonly opened: Omit<Spent, 'probes'>;
  readonly runs: readonly Spent[];
  /** The most memory that it ever had, in bytes above what it had at its start. */
  readonly peak: number;
}

/** The streams alone, turns of `nodes`, or matrices of `sample`. */
export type Part = (typeof parts)[number];
const parts = ['rest', 'nodes', 'sample'] as const;

interface Row extends Spent {
  readonly agents: number;
  readonly peak: number;
}

/**
 * The controller against simulated agents, each on a node of its own, that stand in another process.
 *
 * @param argv numbers of agents: `500 5000`
 */
export async function benchScale(argv: readonly string[]): Promise<void> {
  const all = argv.length === 0 ? sizes : argv.map(Number);
  const told: Record<Part, { readonly agents: number; readonly told: Told }[]> = {
    rest: [],
    nodes: [],
    sample: [],
  };
  const folder = await mkdtemp(join(tmpdir(), 'netproof-scale-'));
  const socket = join(folder, 'agents.sock');
  const agents = child('scale-agents.ts', [socket]);
  try {
    await once(agents, 'message');
    for (const size of all) {
      for (const part of parts) {
        told[part].push({ agents: size, told: await controlled(socket, size, part) });
        process.stdout.write(`${size} agents, ${part}: measured\n`);
      }
    }
  } finally {
    agents.kill();
    await rm(folder, { recursive: true });
  }
  const streams = told.rest.map(({ agents, told }) => ({
    agents,
    probes: 0,
    peak: told.peak,
    ...told.opened,
  }));
  const runs = (some: (typeof told)['nodes']) =>
    some.map(({ agents, told }) => ({ agents, ...middleOf(told.runs), peak: told.peak }));
  process.stdout.write(
    [
      '',
      ...tableOf('streams opened', streams),
      ...tableOf('streams at rest, a second of heartbeats', runs(told.rest)),
      ...tableOf('--coverage nodes, one turn of 16 rounds', runs(told.nodes)),
      ...tableOf('--coverage sample, a whole matrix', runs(told.sample)),
      '',
    ].join('\n'),
  );
}

async function controlled(socket: string, size: number, part: Part): Promise<Told> {
  const controller = child('scale-controller.ts', [socket, String(size), part]);
  const said = once(controller, 'message');
  const failed = once(controller, 'exit').then(([code]) => {
    throw new Error(`the controller of ${size} agents ended with ${code}`);
  });
  const [told] = await Promise.race([said, failed]);
  await failed.catch(() => {});
  return told;
}

function child(file: string, argv: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), argv);
}

function middleOf(runs: readonly Spent[]): Spent {
  const of = (key: keyof Spent) => median(runs.map((run) => run[key]));
  return { probes: of('probes'), cpu: of('cpu'), ms: of('ms') };
}

/** Agents against what they cost; the last columns are what one agent costs, against the smallest number of them. */
function tableOf(title: string, rows: readonly Row[]): readonly string[] {
  const [smallest] = rows;
  const perAgent = (row: Row, key: 'cpu' | 'peak') =>
    smallest ? (row[key] / row.agents / (smallest[key] / smallest.agents)).toFixed(2) : '';
  const head = ['agents', 'probes', 'CPU s', 'peak MB', 'wall s', 'CPU/agent', 'MB/agent'];
  const body = rows.map((row) => [
    String(row.agents),
    String(row.probes),
    (row.cpu / 1_000).toFixed(2),
    (row.peak / 1e6).toFixed(0),
    (row.ms / 1_000).toFixed(2),
    perAgent(row, 'cpu'),
    perAgent(row, 'peak'),
  ]);
  return [title, ...[head, ...body].map((cells) => cells.map((cell) => cell.padStart(10)).join(''))];
}
