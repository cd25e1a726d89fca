import { exitCode, type JournalEvent, NetproofError } from '@netproof/core';
import type { CheckReport, ClusterFacts, EventOf, Kill, Outcome } from './model.ts';
import type { Journal } from './read-journal.ts';

/** What one journal says of one cluster. */
export interface Cell {
  readonly facts: ClusterFacts;
  readonly plan: readonly Omit<CheckReport, 'outcomes'>[];
  readonly outcomes: { readonly check: string; readonly outcome: Outcome }[];
  readonly kills: Kill[];
}

/** What one journal says, every event put where it belongs. */
export interface Contents {
  started?: EventOf<'run-started'>;
  finished?: EventOf<'run-finished'>;
  readonly cells: Cell[];
  /** Work before there was a cluster; what there was when one came is that cluster's. */
  phases: ClusterFacts['phases'];
}

/** @throws NetproofError `JOURNAL_INVALID` where an event comes before the one that it belongs to */
export function contentsOf({ file, events }: Journal): Contents {
  const reading: Reading = { file, cells: [], phases: [], open: new Map() };
  for (const event of events) {
    (handlers[event.event] as (event: JournalEvent, reading: Reading) => void)(event, reading);
  }
  return reading;
}

interface Reading extends Contents {
  readonly file: string;
  /** Checks that have started and not finished, by check and fault. */
  readonly open: Map<string, OpenOutcome>;
}

type OpenOutcome = Outcome & {
  readonly cells: Outcome['cells'][number][];
  readonly lookups: Outcome['lookups'][number][];
  readonly steps: Outcome['steps'][number][];
};

const handlers: { readonly [E in JournalEvent['event']]: (event: EventOf<E>, reading: Reading) => void } = {
  'run-started': (event, reading) => {
    reading.started = event;
  },
  'run-resumed': (_, reading) => {
    delete reading.finished;
  },
  'run-finished': (event, reading) => {
    reading.finished = event;
  },
  phase: (event, reading) => {
    (reading.cells.at(-1)?.facts.phases ?? reading.phases).push(event);
  },
  'cell-started': ({ cluster, checks, ...event }, reading) => {
    const before = reading.cells.find(({ facts }) => facts.name === cluster);
    if (before) return goOn(before, checks);
    begin({ ...noFacts, name: cluster, ...event }, checks, reading);
  },
  'cell-not-applicable': ({ cluster, reasons, ...event }, reading) => {
    begin({ ...noFacts, name: cluster, ...event, notApplicable: reasons, interrupted: false }, [], reading);
  },
  // The cell that it belongs to has not begun yet, and what of it is shown stands there, too.
  'cluster-detected': () => {},
  'cell-finished': (event, reading) => {
    cellOf(event, reading).facts.interrupted = false;
  },
  'probes-ready': (event, reading) => {
    cellOf(event, reading).facts.endpoints = event.endpoints;
  },
  stream: (event, reading) => {
    cellOf(event, reading).facts.streams.push(event);
  },
  'fault-applied': (event, reading) => {
    cellOf(event, reading).facts.faults.push(event);
  },
  'fault-reverted': (event, reading) => {
    const applied = cellOf(event, reading).facts.faults.findLast(({ fault }) => fault === event.fault);
    if (applied === undefined) throw outOfPlace(event, reading);
    applied.effect = event.effect;
  },
  kill: (event, reading) => {
    const { facts, kills } = cellOf(event, reading);
    kills.push({ cluster: facts.name, ...event });
  },
  'check-started': (event, reading) => {
    const { facts, outcomes } = cellOf(event, reading);
    const outcome = begun(facts.name, event.fault);
    reading.open.set(keyOf(event), outcome);
    outcomes.push({ check: event.check, outcome });
  },
  verdict: (event, reading) => {
    const { cells, probes } = openOutcome(event, reading);
    cells.push(event.cell);
    probes[event.cell.verdict] = (probes[event.cell.verdict] ?? 0) + 1;
  },
  sample: (event, reading) => {
    openOutcome(event, reading).samples.push(event);
  },
  latency: (event, reading) => {
    openOutcome(event, reading).latencies.push(event);
  },
  watch: (event, reading) => {
    openOutcome(event, reading).watches.push(event);
  },
  lookup: (event, reading) => {
    openOutcome(event, reading).lookups.push(event);
  },
  isolation: (event, reading) => {
    openOutcome(event, reading).steps.push(event);
  },
  'check-finished': (event, reading) => {
    Object.assign(openOutcome(event, reading), event);
    reading.open.delete(keyOf(event));
  },
};

const noFacts = { interrupted: true, nodes: [] };

/** What there was before it is the cluster's. */
function begin(
  facts: Omit<ClusterFacts, 'phases' | 'endpoints' | 'streams' | 'faults'>,
  plan: Cell['plan'],
  reading: Reading,
): void {
  const empty = { endpoints: [], streams: [], faults: [] };
  reading.cells.push({
    facts: { ...facts, phases: reading.phases, ...empty },
    plan,
    outcomes: [],
    kills: [],
  });
  reading.phases = [];
}

/** A resumed run goes on with a cell. What it plans once more had died or come to an error; the new try counts. */
function goOn(cell: Cell, again: Cell['plan']): void {
  cell.facts.interrupted = true;
  const kept = cell.outcomes.filter(({ check }) => !again.some(({ id }) => id === check));
  cell.outcomes.splice(0, Infinity, ...kept);
}

function begun(cluster: string, fault: string | undefined): OpenOutcome {
  return {
    cluster,
    ...(fault !== undefined && { fault }),
    result: 'unfinished',
    judged: 0,
    probes: {},
    samples: [],
    latencies: [],
    watches: [],
    findings: [],
    statistics: [],
    observations: [],
    cells: [],
    lookups: [],
    steps: [],
  };
}

type OfCheck = EventOf<
  'check-started' | 'verdict' | 'sample' | 'latency' | 'lookup' | 'isolation' | 'watch' | 'check-finished'
>;

function keyOf({ check, fault = 'none' }: OfCheck): string {
  return `${check} under ${fault}`;
}

function cellOf(event: JournalEvent, reading: Reading): Cell {
  const cell = reading.cells.at(-1);
  if (cell === undefined) throw outOfPlace(event, reading);
  return cell;
}

function openOutcome(event: OfCheck, reading: Reading): OpenOutcome {
  const outcome = reading.open.get(keyOf(event));
  if (outcome === undefined) throw outOfPlace(event, reading);
  return outcome;
}

function outOfPlace(event: JournalEvent, { file }: Reading): NetproofError {
  return new NetproofError(`${file}: ${event.event} of ${event.t} comes before what it belongs to`, {
    code: 'JOURNAL_INVALID',
    exit: exitCode.usage,
    hint: 'the journal was changed, or two runs were written into it',
  });
}
