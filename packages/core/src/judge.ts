import { type Endpoint, place, portName } from './endpoint.ts';
import { type AnswerRequirement, describeLookup, type Lookup } from './lookup.ts';
import type { Metric } from './metric.ts';
import type { Observation } from './ports.ts';
import type { Cell, Sample, Table } from './verdict.ts';

/** A statistical judgement with what one needs to believe it. */
export interface Statistic {
  readonly name: string;
  readonly value: number;
  readonly degreesOfFreedom: number;
  /** Probability of a value at least this large where the network is right. */
  readonly p: number;
  /** The rate of false alarms that we accept; below it the check fails. */
  readonly alpha: number;
  readonly samples: number;
  /** In words: the smallest defect that this many samples find, and how surely. */
  readonly detects: string;
}

/** A cell of a finding, and what is wrong with it in words. */
export interface ShownCell extends Cell {
  readonly text?: string;
}

/** A lookup of a finding, and what is wrong with it in words. */
export interface ShownLookup extends Lookup {
  readonly text: string;
}

export interface Finding {
  readonly kind: 'fail' | 'inconclusive' | 'error';
  readonly message: string;
  /** Up to {@link shown} cells that show it; {@link of} says how many there were. */
  readonly cells?: readonly ShownCell[];
  readonly of?: number;
  /** The sample that shows it. */
  readonly sample?: Sample;
  /** The lookups that show it. */
  readonly lookups?: readonly ShownLookup[];
}

export interface Judgement {
  readonly findings: readonly Finding[];
  /** How many single facts were judged. Zero is a defect: such a check cannot fail. */
  readonly judged: number;
  readonly statistics: readonly Statistic[];
  readonly observations: readonly Observation[];
  readonly metrics: readonly Metric[];
}

/** How many cells of one finding go into its evidence: the report draws where they are, so nearly always all of them. */
export const shown = 1_000;

/** What is wrong with a cell, in words; undefined where it is as required. */
export type Requirement = (cell: Cell) => string | undefined;

/** Collects what a check finds. It never throws: a check shows everything that it found. */
export class Judge {
  readonly #findings: Finding[] = [];
  readonly #statistics: Statistic[] = [];
  readonly #observations: Observation[] = [];
  readonly #metrics: Metric[] = [];
  #judged = 0;

  /** Every cell must be `connected` and meet the requirement as well. An empty table is an error. */
  connected(table: Table, requirement: Requirement = () => undefined): void {
    this.every(table, (cell) => (cell.verdict === 'connected' ? requirement(cell) : describe(cell)));
  }

  /** Every cell must meet the requirement. Probe errors are told apart: they are never a failure. */
  every(table: Table, requirement: Requirement): void {
    if (table.cells.length === 0) {
      this.error('no pair was probed, so nothing is proved');
      return;
    }
    const known = table.cells.filter((cell) => cell.verdict !== 'probe-error');
    this.#judged += known.length;
    this.#unknown(table.cells.filter((cell) => cell.verdict === 'probe-error'));
    const wrong = known.flatMap((cell) => {
      const fault = requirement(cell);
      return fault === undefined ? [] : [{ cell, fault }];
    });
    const first = wrong[0];
    if (first === undefined) return;
    this.#findings.push({
      kind: 'fail',
      message: `${pair(first.cell)}: ${first.fault}${count(wrong.length, known.length)}`,
      cells: wrong.slice(0, shown).map(({ cell, fault: text }) => ({ ...cell, text })),
      of: wrong.length,
    });
  }

  /**
   * A statistic must not be less probable than its accepted rate of false alarms.
   * @param sample what it was computed from, where that is one sample, so that the report can show where
   */
  notRejected(statistic: Statistic, meaning: string, sample?: Sample): void {
    this.#judged += 1;
    this.#statistics.push(statistic);
    // Written so that a p which is no number fails too.
    if (!(statistic.p >= statistic.alpha)) this.#fail(meaning, sample);
  }

  /**
   * Every connection of a sample must have reached a server that may answer. What is proved wrong counts even
   * where other connections of the sample are in doubt.
   *
   * @returns whether every one did
   */
  reached(sample: Sample, asked: number): boolean {
    const { source, target, port, verdicts, servers, reason } = sample;
    const { connected = 0, 'probe-error': unknown = 0, ...wrong } = verdicts;
    const from = `from ${place(source)} to ${target.label}, ${portName(port)}`;
    const lost = Object.values(wrong).reduce((sum, count) => sum + count, 0);
    this.#judged += connected + lost;
    if (lost > 0) {
      const kinds = Object.entries(wrong).map(([verdict, count]) => `${count} ${verdict}`);
      const rest = servers.length < asked ? `, and the rest of ${asked} was not tried` : '';
      this.#fail(
        `${from}: ${lost} of ${servers.length} connections did not reach a backend: ${kinds.join(', ')}${rest}`,
        sample,
      );
    }
    if (unknown > 0) {
      const kind = reason === 'starved' ? 'inconclusive' : 'error';
      this.#findings.push({
        kind,
        message: `${from}: ${unknown} connections are not known: ${reason}`,
        sample,
      });
    }
    if (connected < asked && lost === 0 && unknown === 0) {
      this.error(`${from}: ${connected} of ${asked} connections were made`);
    }
    return connected === asked;
  }

  /** Every lookup must be answered, and as required. Those that could not be made are told apart. */
  answered(lookups: readonly Lookup[], requirement: AnswerRequirement): void {
    if (lookups.length === 0) {
      this.error('no nameserver was asked, so nothing is proved');
      return;
    }
    const known = lookups.filter(({ verdict }) => verdict !== 'probe-error');
    this.#judged += known.length;
    for (const lookup of lookups.filter(({ verdict }) => verdict === 'probe-error')) {
      const kind = lookup.reason === 'starved' ? 'inconclusive' : 'error';
      this.#findings.push({
        kind,
        message: `${asked(lookup)}: not known, ${lookup.reason ?? 'no reason given'}`,
      });
    }
    const wrong = known.flatMap((lookup) => {
      const fault = lookup.verdict === 'answered' ? requirement(lookup) : describeLookup(lookup);
      return fault === undefined ? [] : [{ ...lookup, text: fault }];
    });
    const first = wrong[0];
    if (first === undefined) return;
    const more = known.length === 1 ? '' : ` (and so ${wrong.length} of ${known.length} lookups)`;
    const message = `${asked(first)}: ${first.text}${more}`;
    this.#findings.push({ kind: 'fail', message, lookups: wrong.slice(0, shown) });
  }

  /** A check that speaks of every node must have asked on every node; a node that was left out is undecided. */
  everyNode(asked: readonly Endpoint[], nodes: readonly { readonly name: string }[]): void {
    const on = new Set(asked.map(({ node }) => node));
    const missing = nodes.filter(({ name }) => !on.has(name));
    if (missing.length === 0) return;
    this.inconclusive(`nothing was asked on ${missing.map(({ name }) => name).join(', ')}`);
  }

  /**
   * One plain fact.
   * @param sample what shows it, where that is one sample
   */
  holds(fact: boolean, otherwise: string, sample?: Sample): void {
    this.#judged += 1;
    if (!fact) this.#fail(otherwise, sample);
  }

  /** The numbers do not suffice to decide. */
  inconclusive(message: string): void {
    this.#findings.push({ kind: 'inconclusive', message });
  }

  /** The harness could not do its work. */
  error(message: string): void {
    this.#findings.push({ kind: 'error', message });
  }

  /** Shows numbers in the report, unjudged. */
  show(observation: Observation): void {
    this.#observations.push(observation);
  }

  /** Keeps a number, unjudged, that some fault must move: see `movedBy` of a check. */
  measured(metric: Metric): void {
    this.#metrics.push(metric);
  }

  get judgement(): Judgement {
    return {
      findings: this.#findings,
      judged: this.#judged,
      statistics: this.#statistics,
      observations: this.#observations,
      metrics: this.#metrics,
    };
  }

  #fail(message: string, sample: Sample | undefined): void {
    this.#findings.push({ kind: 'fail', message, ...(sample && { sample }) });
  }

  #unknown(cells: readonly Cell[]): void {
    for (const kind of ['inconclusive', 'error'] as const) {
      const some = cells.filter((cell) => (cell.reason === 'starved') === (kind === 'inconclusive'));
      const first = some[0];
      if (first === undefined) continue;
      const message = `${pair(first)}: not known, ${first.reason ?? 'no reason given'}${count(some.length, cells.length)}`;
      this.#findings.push({ kind, message, cells: some.slice(0, shown), of: some.length });
    }
  }
}

/** `x/a on worker → y/b on worker2, TCP 8080`. */
export function pair({ source, target, port }: Cell): string {
  const to = target.endpoint?.node ? `${target.label} on ${target.endpoint.node}` : target.label;
  return `${place(source)} → ${to}, ${portName(port)}`;
}

/** `x/a on worker, web.x.svc.cluster.local. A over UDP`. */
function asked({ source, name, question, transport }: Lookup): string {
  return `${place(source)}, ${name || question.name} ${question.type} over ${transport}`;
}

/** What happened in a cell, in words. */
export function describe(cell: Cell): string {
  if (cell.verdict === 'connected') return 'connected';
  if (cell.verdict === 'wrong-peer') {
    return `${cell.server ?? 'somebody'} answered, expected ${cell.target.servers.join(' or ')}`;
  }
  if (cell.verdict === 'dropped') return `dropped, ${cell.answered} of ${cell.attempts} attempts answered`;
  return cell.verdict;
}

function count(some: number, all: number): string {
  return all === 1 ? '' : ` (and so ${some} of ${all} probes)`;
}
