import { basename, dirname } from 'node:path';
import { exitCode, leftOpen, NetproofError, type Result, totals } from '@netproof/core';
import { conclude } from './conclusion.ts';
import { type Contents, contentsOf } from './contents.ts';
import type { CheckReport, Kill, Outcome, ReportModel, Run } from './model.ts';
import { isBaseline } from './outcome.ts';
import type { Journal } from './read-journal.ts';

/**
 * Puts the journals of one run together: one journal, or one for each cluster.
 *
 * @throws NetproofError `JOURNAL_EMPTY` where none of them tells of a run, `JOURNAL_INVALID` where one is out of order
 */
export function summarise(journals: readonly Journal[]): ReportModel {
  const all = journals.map((journal) => ({ journal, contents: contentsOf(journal) }));
  const cells = all.flatMap(({ contents }) => contents.cells);
  const run = runOf(all);
  const checks = checksOf(cells);
  const killMatrix = cells.flatMap(({ kills }) => kills);
  const judged =
    run.mode === 'prove'
      ? killMatrix.map((kill) => ({ result: killed(kill) }))
      : checks.flatMap(({ outcomes }) => outcomes.map((outcome) => ({ result: counted(outcome) })));
  const model = {
    run,
    clusters: cells.map(({ facts }) => facts),
    checks,
    totals: totals(judged),
    ...(run.mode === 'prove' && { killMatrix }),
  };
  return { conclusion: conclude(model), ...model };
}

/** A cell of the kill matrix as the totals count it. */
function killed({ expectation, result, asExpected }: Kill): Result {
  if (result === 'not-applicable' || leftOpen(expectation, result)) return result;
  return asExpected ? 'pass' : 'fail';
}

/** A check that died counts as failed, one that was never begun as skipped: totals must not look complete. */
function counted({ result }: Outcome): Result {
  if (result === 'unfinished') return 'error';
  return result === 'not-run' ? 'inconclusive' : result;
}

/**
 * Every check of every cluster's plan, with all that came of it; what was planned and never began is `not-run`.
 */
function checksOf(cells: Contents['cells']): readonly CheckReport[] {
  const checks = new Map<string, Omit<CheckReport, 'outcomes'> & { readonly outcomes: Outcome[] }>();
  for (const { facts, plan, outcomes } of cells) {
    for (const planned of plan) {
      const check = checks.get(planned.id) ?? { ...planned, outcomes: [] };
      checks.set(planned.id, check);
      const own = outcomes.filter(({ check: id }) => id === planned.id).map(({ outcome }) => outcome);
      check.outcomes.push(...own);
      if (!own.some(isBaseline)) check.outcomes.push(notRun(facts.name));
    }
  }
  return [...checks.values()];
}

function notRun(cluster: string): Outcome {
  return {
    cluster,
    result: 'not-run',
    judged: 0,
    probes: {},
    samples: [],
    latencies: [],
    findings: [],
    statistics: [],
    observations: [],
    cells: [],
    lookups: [],
  };
}

interface Read {
  readonly journal: Journal;
  readonly contents: Contents;
}

function runOf(all: readonly Read[]): Run {
  const first = all.find(({ contents }) => contents.started)?.contents.started;
  if (first === undefined) {
    throw new NetproofError(
      `no run was started in ${all.map(({ journal }) => journal.file).join(', ') || 'no journal'}`,
      {
        code: 'JOURNAL_EMPTY',
        exit: exitCode.usage,
        hint: 'the run ended before its first event; there is nothing to report',
      },
    );
  }
  const finished = all.flatMap(({ contents }) => contents.finished ?? []);
  const whole = finished.length === all.length;
  const last = finished.find(({ exit }) => exit !== exitCode.pass) ?? finished[0];
  const times = all.flatMap(({ journal }) => journal.events.map(({ t }) => t)).sort();
  const { run: id, mode, netproof, argv, machine, docker, node } = first;
  return {
    ...{ id, mode, netproof, argv, machine, docker, node },
    started: times.at(0) ?? first.t,
    ended: times.at(-1) ?? first.t,
    interrupted: !whole || finished.some(({ exit }) => exit === exitCode.interrupted),
    ...(whole && last && { exit: last.exit, ...(last.message !== undefined && { message: last.message }) }),
    provenance: unique(all.flatMap(({ contents }) => contents.started?.provenance ?? [])),
    phases: all.flatMap(({ contents }) => contents.phases),
    stops: all.flatMap((one) => stopOf(one, all.length > 1)),
  };
}

/** Where a journal ends without saying that the run was finished. */
function stopOf({ journal, contents }: Read, several: boolean): string[] {
  if (contents.finished) return [];
  const name = several
    ? `${basename(dirname(journal.file))}/${basename(journal.file)}`
    : basename(journal.file);
  if (journal.tornAt !== undefined) {
    return [`${name}: the run ended here, while line ${journal.tornAt} was being written`];
  }
  return [
    `${name}: the run ended here, after line ${journal.events.length}, without saying that it was finished`,
  ];
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
