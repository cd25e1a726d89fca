import {
  bounds,
  type Check,
  type CheckContext,
  type CheckResult,
  explain,
  Judge,
  type Milliseconds,
  NetproofError,
  notApplicable,
  type RecordedDivergence,
  resultOf,
} from '@netproof/core';
import type { Evidence } from '@netproof/evidence';
import { ClusterVanished } from './cluster-vanished.ts';
import { coveredTables } from './covered.ts';
import type { Journal } from './journal.ts';
import { journalCell, journalQuestion, journalSample, type Occasion, recording } from './record.ts';

export interface RunCheckOptions {
  readonly check: Check;
  readonly context: Omit<CheckContext, 'judge'>;
  readonly journal: Journal;
  readonly fault?: string;
  /** What the cluster records of it. */
  readonly divergence?: RecordedDivergence | undefined;
  /** The command that repeats this check. */
  readonly again: string;
  /** What of the cluster is no longer there, in words; undefined while all is. */
  readonly vanished: () => Promise<string | undefined>;
  /** After so long it is given up; see `bounds.check`. */
  readonly bound?: Milliseconds;
  /**
   * Called once with the result, before anything else is done to the cluster; gives the evidence that was kept,
   * if any.
   */
  readonly onResult?: (result: CheckResult) => Promise<Evidence | undefined>;
}

export interface CheckOutcome extends CheckResult {
  readonly evidence?: Evidence;
}

/**
 * Runs one check and writes what it saw and found to the journal. Never rejects because of the check.
 *
 * @throws NetproofError `INTERRUPTED` where it was told to stop before it had found anything wrong; `CLUSTER_VANISHED`
 *   where the check did not pass and the cluster under it is no longer whole: that is the machine's doing and must not be
 *   read as the network's
 */
export async function runCheck(options: RunCheckOptions): Promise<CheckOutcome> {
  const { check, context, journal } = options;
  const occasion: Occasion = {
    check: check.id,
    ...(options.fault !== undefined && { fault: options.fault }),
  };
  const start = performance.now();
  journal.write({ event: 'check-started', ...occasion });

  const reason = notApplicable(check.needs, context.cluster, context.nodes.list.length);
  let judge = new Judge();
  const record = recording(context, journal, occasion);
  let stopped: NetproofError | undefined;
  if (reason === undefined) {
    try {
      await within(
        check.run({
          ...context,
          probes: record.probes,
          load: record.load,
          isolation: record.isolation,
          pods: record.pods,
          cni: record.cni,
          judge,
        }),
        options.bound ?? bounds.check,
      );
    } catch (error) {
      if (!isRed(judge) && error instanceof NetproofError && error.code === 'INTERRUPTED') stopped = error;
      else judge.error(explain(error));
    } finally {
      record.close();
    }
    for (const table of coveredTables(record.covered)) judge.show(table);
    await takenBack(() => context.isolation.set({ policies: [] }), judge);
    if (!isRed(judge)) await takenBack(() => context.pods.remove(), judge);
    // It has no result, so that whoever goes on with the run begins it anew.
    if (stopped !== undefined) throw stopped;
    if (judge.judgement.judged === 0 && judge.judgement.findings.length === 0) {
      judge.error('the check judged nothing, so it could not have failed');
    }
  }
  const gone = judge.judgement.findings.length > 0 ? await options.vanished() : undefined;
  if (gone !== undefined) {
    judge = new Judge();
    judge.error(`${gone} while this ran, so nothing of it is known`);
  }
  const { judgement } = judge;
  const result: CheckResult = {
    check: check.id,
    result: reason === undefined ? resultOf(judgement) : 'not-applicable',
    ms: performance.now() - start,
    ...(reason !== undefined && { reason }),
    ...(options.divergence && { divergence: options.divergence }),
    judgement,
  };
  // Nothing is left to be asked where the cluster is gone.
  const evidence = gone === undefined ? await options.onResult?.(result) : undefined;
  // Pods of a check that found the network wrong stay for its evidence, which asks them again.
  if (gone === undefined && isRed(judge)) await takenBack(() => context.pods.remove(), judge);
  journal.write({
    event: 'check-finished',
    ...occasion,
    result: result.result,
    ms: result.ms,
    ...(reason !== undefined && { reason }),
    judged: judgement.judged,
    findings: judgement.findings.map(({ cells, sample, lookups, ...finding }) => ({
      ...finding,
      ...(cells && { cells: cells.map(journalCell) }),
      ...(sample && { sample: journalSample(sample) }),
      ...(lookups && { lookups: lookups.map((one) => ({ ...journalQuestion(one), text: one.text })) }),
    })),
    statistics: [...judgement.statistics],
    observations: judgement.observations.map(({ title, columns, rows }) => ({
      title,
      columns: [...columns],
      rows: rows.map((row) => [...row]),
    })),
    ...(judgement.metrics.length > 0 && { metrics: [...judgement.metrics] }),
    ...(evidence && { evidence: [...evidence.files] }),
    ...(options.divergence && { divergence: options.divergence }),
    ...(evidence?.lastSeen !== undefined && { lastSeen: evidence.lastSeen }),
    again: options.again,
  });
  if (gone !== undefined) throw new ClusterVanished(gone);
  return evidence === undefined ? result : { ...result, evidence };
}

function isRed({ judgement: { findings } }: Judge): boolean {
  return findings.some(({ kind }) => kind === 'fail');
}

/** A check that was given up could not take back what it had done. */
async function takenBack(undo: () => Promise<unknown>, judge: Judge): Promise<void> {
  try {
    await undo();
  } catch (error) {
    judge.error(explain(error));
  }
}

/** A check that never ends would hang the run; the bound makes it an error. */
async function within(work: Promise<void>, bound: Milliseconds): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`the check did not end within ${bound / 1000} s`)), bound);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    // One that is past its bound may fail later, when nobody listens.
    work.catch(() => {});
  }
}
