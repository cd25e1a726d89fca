import { basename } from 'node:path';
import { type Counted, exitCode, NetproofError, type Result, type Totals, totals } from '@netproof/core';
import { conclude } from './conclusion.ts';
import { type Contents, contentsOf } from './contents.ts';
import { type KillState, stateOf } from './kills.ts';
import type { CheckReport, Outcome, ReportModel, Run } from './model.ts';
import { isBaseline, isRecorded } from './outcome.ts';
import type { Journal } from './read-journal.ts';

/**
 * What a run's journal comes to.
 *
 * @throws NetproofError `JOURNAL_EMPTY` where it tells of no run, `JOURNAL_INVALID` where it is out of order
 */
export function summarise(journal: Journal): ReportModel {
  const contents = contentsOf(journal);
  const { cells } = contents;
  const run = runOf(journal, contents);
  const checks = checksOf(cells);
  const results = {
    checks,
    ...(run.mode === 'prove' && { killMatrix: cells.flatMap(({ kills }) => kills) }),
  };
  const model = {
    run,
    clusters: cells.map(({ facts }) => facts),
    totals: totalsOf([results]),
    ...results,
  };
  return { conclusion: conclude(model), ...model };
}

/**
 * The totals of runs together: each check counts, in a proof each cell of the kill matrix and each check that has none
 * because it is known to fail.
 */
export function totalsOf(runs: readonly Pick<ReportModel, 'checks' | 'killMatrix'>[]): Totals {
  return totals(
    runs.flatMap(({ checks, killMatrix }) =>
      killMatrix
        ? [
            ...killMatrix.map((kill) => ({ result: kills[stateOf(kill)] })),
            ...checks.flatMap(({ outcomes }) => outcomes.filter(isRecorded).map(counted)),
          ]
        : checks.flatMap(({ outcomes }) => outcomes.map(counted)),
    ),
  );
}

const kills: Readonly<Record<KillState, Result>> = {
  expected: 'pass',
  unexpected: 'fail',
  open: 'inconclusive',
  notApplicable: 'not-applicable',
};

/** A check that died counts as failed, one that was never begun as skipped: totals must not look complete. */
function counted({ result, divergence }: Outcome): Counted {
  if (result === 'unfinished') return { result: 'error' };
  return result === 'not-run' ? { result: 'inconclusive' } : { result, ...(divergence && { divergence }) };
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
    watches: [],
    findings: [],
    statistics: [],
    observations: [],
    cells: [],
    lookups: [],
    steps: [],
  };
}

function runOf(journal: Journal, { started, finished, phases }: Contents): Run {
  if (started === undefined) {
    throw new NetproofError(`no run was started in ${journal.file}`, {
      code: 'JOURNAL_EMPTY',
      exit: exitCode.usage,
      hint: 'the run ended before its first event; there is nothing to report',
    });
  }
  const { run: id, mode, coverage, netproof, argv, machine, docker, node, provenance, shard } = started;
  return {
    ...{ id, mode, coverage, netproof, argv, machine, docker, node, provenance },
    ...(shard && { shard }),
    started: started.t,
    ended: journal.events.at(-1)?.t ?? started.t,
    interrupted: finished === undefined || finished.exit === exitCode.interrupted,
    ...(finished && { exit: finished.exit }),
    ...(finished?.message !== undefined && { message: finished.message }),
    phases,
    stops: finished ? [] : [stopOf(journal)],
  };
}

/** Where a journal ends that does not say that the run was finished. */
function stopOf({ file, tornAt, events }: Journal): string {
  const name = basename(file);
  return tornAt === undefined
    ? `${name}: the run ended here, after line ${events.length}, without saying that it was finished`
    : `${name}: the run ended here, while line ${tornAt} was being written`;
}
