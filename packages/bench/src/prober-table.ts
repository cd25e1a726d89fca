import type { Milliseconds } from '@netproof/core';
import { median } from './figures.ts';
import type { NodeProcess } from './node-costs.ts';
import { aligned } from './probes-tables.ts';

/** What one way took in one round. */
export interface Asked {
  readonly title: string;
  readonly probes: number;
  readonly answered: number;
  readonly ms: Milliseconds;
  /** CPU time of our own process, of all nodes, and what of the latter was spent in the pods. */
  readonly controllerCpu: Milliseconds;
  readonly nodesCpu: Milliseconds;
  readonly podsCpu: Milliseconds;
}

/** What stands there for it, in bytes. */
export interface Sizes {
  /** Of the pods, when all was asked. */
  readonly processes: readonly NodeProcess[];
  /** The agent's image as a node keeps it; undefined where it does not tell. */
  readonly image: number | undefined;
  /** agnhost alone, and as an image would pack it. */
  readonly prober: { readonly bytes: number; readonly packed: number };
}

export interface ToldOf {
  readonly cluster: string;
  readonly pods: number;
  readonly probes: number;
}

/** Medians, for people; the first way is what the others are compared with. */
export function told(asked: readonly Asked[], sizes: Sizes, of: ToldOf): string {
  const ways = [...Map.groupBy(asked, ({ title }) => title).values()];
  const [first = []] = ways;
  const perProbe = (some: readonly Asked[], key: 'ms' | 'controllerCpu' | 'nodesCpu' | 'podsCpu') =>
    median(some.map((one) => one[key] / one.probes));
  const base = perProbe(first, 'ms');
  const [baseCpu, answers] = [perProbe(first, 'nodesCpu'), of.probes];
  const lines = ways.map((some) => [
    some[0]?.title ?? '',
    String(some.length),
    perProbe(some, 'ms').toFixed(2),
    (1_000 / perProbe(some, 'ms')).toFixed(0),
    `${(perProbe(some, 'ms') / base).toFixed(1)}×`,
    perProbe(some, 'nodesCpu').toFixed(2),
    `${(perProbe(some, 'nodesCpu') / baseCpu).toFixed(1)}×`,
    perProbe(some, 'podsCpu').toFixed(2),
    perProbe(some, 'controllerCpu').toFixed(2),
    answersOf(some),
  ]);
  return [
    `${of.pods} pods × ${of.pods} × ${answers / of.pods ** 2} ports = ${answers} TCP connections on ${of.cluster}, every way in turns; medians a probe`,
    ...aligned([[...head], ...lines]),
    '',
    `memory of one, median in MB: ${(['agent', 'stream', 'agnhost'] as const).map((role) => memoryOf(sizes, role)).join('; ')}`,
    `  an agent is there with its stream; agnhost serves, and what probes is begun for each probe`,
    `packed: the agent's image ${sizes.image === undefined ? 'of a size the node does not tell' : megabytes(sizes.image)}, with Node, k6 and tools of Debian; agnhost alone ${megabytes(sizes.prober.packed)}, unpacked ${megabytes(sizes.prober.bytes)}`,
  ].join('\n');
}

const head = [
  ...['way', 'rounds', 'wall ms', 'probes/s', 'slower', 'nodes CPU ms', 'more CPU', 'of it pods'],
  ...['controller CPU ms', 'answered'],
] as const;

function answersOf(some: readonly Asked[]): string {
  const sum = (key: 'answered' | 'probes') => some.reduce((total, one) => total + one[key], 0);
  return sum('answered') === sum('probes') ? 'all' : `${sum('answered')} of ${sum('probes')}`;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

function memoryOf({ processes }: Sizes, role: NodeProcess['role']): string {
  const own = processes.filter((one) => one.role === role);
  if (own.length === 0) return `${role} none`;
  const middle = (of: 'rss' | 'pss') => (median(own.map((one) => one[of])) / 1e6).toFixed(0);
  return `${role} RSS ${middle('rss')}, PSS ${middle('pss')}`;
}
