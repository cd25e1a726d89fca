import {
  type CheckContext,
  type Cni,
  type Covered,
  edgeOf,
  type Isolation,
  type JournalCell,
  type Load,
  type Lookup,
  type MatrixPlan,
  type NewEvent,
  type Pods,
  type Probes,
  type Sample,
  type ShownCell,
  tryRuns,
  type Watch,
} from '@netproof/core';
import type { Journal } from './journal.ts';

/** Which check runs, and under which fault. */
export interface Occasion {
  readonly check: string;
  readonly fault?: string;
}

/** A cell as the journal holds it: endpoints by their ids. */
export function journalCell({ source, target, ...rest }: ShownCell): JournalCell & Pick<ShownCell, 'text'> {
  return {
    source: source.id,
    sourceNode: source.node,
    sourceIP: source.ip,
    target: target.label,
    ...(target.endpoint && { targetNode: target.endpoint.node }),
    address: target.address,
    ...rest,
  };
}

/** What a sample is called in the journal. */
export function journalSample({ source, target, port }: Pick<Sample, 'source' | 'target' | 'port'>) {
  return { source: source.id, target: target.label, port };
}

/** What was asked of a nameserver, as the journal holds it. */
export function journalQuestion({ source, server, transport, name, question }: Lookup) {
  return { source: source.id, server, transport, name, type: question.type };
}

/** A watch as the journal holds it: its times from the first try on, which need no clock. */
export function journalWatch(watch: Watch) {
  const { target, until, tries, acceptedAt, settledAt, reason } = watch;
  const start = tries[0]?.at ?? acceptedAt ?? 0;
  const since = (at: number) => rounded(at - start);
  const edge = acceptedAt === undefined ? undefined : edgeOf(watch, acceptedAt);
  const why = reason ?? (edge?.kind === 'untold' ? edge.reason : undefined);
  return {
    ...journalSample(watch),
    address: target.address,
    until,
    ...(acceptedAt !== undefined && { acceptedAt: since(acceptedAt) }),
    ...(settledAt !== undefined && { settledAt: since(settledAt) }),
    rate: rounded(watch.rate),
    longestGap: rounded(watch.longestGap),
    stalls: watch.stalls,
    clockUncertainty: watch.clockUncertainty,
    tries: tryRuns(tries).map(({ from, to, ...run }) => ({ from: since(from), to: since(to), ...run })),
    ...(edge && edge.kind !== 'untold' && { edge }),
    ...(why !== undefined && { reason: why }),
  };
}

/** To a hundredth. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Probes of one check, until it has ended. */
export interface Recording {
  readonly probes: Probes;
  readonly load: Load;
  readonly isolation: Isolation;
  readonly pods: Pods;
  readonly cni: Cni;
  /** Of its matrices that were thinned out, how much of each was asked. */
  readonly covered: readonly Covered[];
  /** What the check asks from then on is refused, and what is answered then is left out of the journal. */
  close(): void;
}

/** Probes and load that write everything they saw to the journal before the check sees it. */
export function recording(
  {
    probes,
    load,
    isolation,
    pods,
    cni,
  }: Pick<CheckContext, 'probes' | 'load' | 'isolation' | 'pods' | 'cni'>,
  to: Journal,
  occasion: Occasion,
): Recording {
  let open = true;
  const stillRuns = () => {
    if (!open) throw new Error('the check has ended');
  };
  const journal = {
    stillRuns,
    write(event: NewEvent) {
      stillRuns();
      to.write(event);
    },
  };
  const close = () => {
    open = false;
  };
  const covered: Covered[] = [];
  return {
    close,
    covered,
    probes: recorded(probes, journal, occasion, covered),
    load: recordedLoad(load, journal, occasion),
    isolation: recordedIsolation(isolation, journal, occasion),
    pods: whileOpen(pods, journal),
    cni: {
      async restart() {
        stillRuns();
        return cni.restart();
      },
    },
  };
}

interface OpenJournal extends Pick<Journal, 'write'> {
  /** A check that was given up may go on until it hears of it; it must change nothing under the next one. */
  stillRuns(): void;
}

function recorded(probes: Probes, journal: OpenJournal, occasion: Occasion, covered: Covered[]): Probes {
  return {
    endpoints: probes.endpoints,
    served: probes.served,
    async matrix(plan) {
      journal.stillRuns();
      const table = await probes.matrix(plan);
      for (const cell of plan.untold ? [] : table.cells)
        journal.write({ event: 'verdict', ...occasion, cell: journalCell(cell) });
      if (table.covered) covered.push(table.covered);
      const planned = (table.covered?.pairs ?? pairsOf(plan)) * plan.ports.length;
      if (table.cells.length !== planned) {
        throw new Error(`the matrix has ${table.cells.length} cells, ${planned} were asked for`);
      }
      return table;
    },
    async sample(plan) {
      journal.stillRuns();
      const sample = await probes.sample(plan);
      journal.write({
        event: 'sample',
        ...occasion,
        ...journalSample(plan),
        address: plan.target.address,
        connections: plan.connections,
        servers: countBy(sample.servers.filter((server) => server !== null)),
        verdicts: sample.verdicts,
        ms: sample.ms,
        ...(sample.reason !== undefined && { reason: sample.reason }),
      });
      return sample;
    },
    async resolve(plan) {
      journal.stillRuns();
      const lookups = await probes.resolve(plan);
      for (const lookup of lookups) {
        const { source: _, question: __, records, ...rest } = lookup;
        const given = records && { records: [...records] };
        journal.write({ event: 'lookup', ...occasion, ...journalQuestion(lookup), ...rest, ...given });
      }
      const { sources, questions, transports, times = 1 } = plan;
      const planned = sources.length * questions.length * transports.length * times;
      // What was not answered was not asked again.
      const ended = times > 1 && lookups.some(({ verdict }) => verdict !== 'answered');
      if (lookups.length !== planned && !ended) {
        throw new Error(`${lookups.length} lookups were made, ${planned} were asked for`);
      }
      return lookups;
    },
    async watch(plan) {
      journal.stillRuns();
      const watch = await probes.watch(plan);
      journal.write({ event: 'watch', ...occasion, ...journalWatch(watch) });
      return watch;
    },
    async keep(plan) {
      journal.stillRuns();
      const kept = await probes.keep(plan);
      for (const cell of kept.cells)
        journal.write({ event: 'verdict', ...occasion, cell: journalCell(cell) });
      const planned = pairsOf(plan);
      if (kept.cells.length !== planned) {
        throw new Error(`${kept.cells.length} connections were kept, ${planned} were asked for`);
      }
      return kept;
    },
    async packets(endpoints) {
      journal.stillRuns();
      return probes.packets(endpoints);
    },
  };
}

function recordedLoad(load: Load, journal: OpenJournal, occasion: Occasion): Load {
  return {
    async compare(plan) {
      journal.stillRuns();
      const comparisons = await load.compare(plan);
      for (const { path, baseline, blocks, ratio, confidence, histogram, guards } of comparisons) {
        // Without a ratio nothing was measured; the check says why.
        if (ratio === undefined) continue;
        const { value, low, high, limit } = ratio;
        journal.write({
          event: 'latency',
          ...occasion,
          path,
          baseline,
          blocks: blocks.map(({ arm, n, quantiles }) => ({ arm, n, quantiles: { ...quantiles } })),
          ratio: { p50: { value, low, high, limit } },
          confidence,
          histogram: [...histogram],
          guards: [...guards],
        });
      }
      return comparisons;
    },
  };
}

function recordedIsolation(isolation: Isolation, journal: OpenJournal, occasion: Occasion): Isolation {
  return {
    namespaces: () => isolation.namespaces(),
    async set(state) {
      journal.stillRuns();
      return isolation.set(state);
    },
    tell({ policies, endpoints, grids, curve, ...rest }) {
      journal.write({
        event: 'isolation',
        ...occasion,
        ...rest,
        policies: policies.map((policy) => ({ ...policy })),
        endpoints: [...endpoints],
        grids: [...grids],
        curve: [...curve],
      });
    },
  };
}

/** What a check learns from its pods it learns by probes, which are written. */
function whileOpen(pods: Pods, { stillRuns }: OpenJournal): Pods {
  const guarded =
    <A extends unknown[], R>(act: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      stillRuns();
      return act(...args);
    };
  return {
    start: guarded((node) => pods.start(node)),
    restart: guarded((pod) => pods.restart(pod)),
    terminate: guarded((pod) => pods.terminate(pod)),
    remove: guarded((some) => pods.remove(some)),
  };
}

function pairsOf({
  sources,
  targets,
  pairs = () => true,
}: Pick<MatrixPlan, 'sources' | 'targets' | 'pairs'>): number {
  return sources.flatMap((source) => targets.filter((target) => pairs(source, target))).length;
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
