import {
  type Counted,
  type ExitCode,
  exitCode,
  exitOf,
  type JournalEvent,
  NetproofError,
  type Provenance,
  type Result,
} from '@netproof/core';
import type { RunPlan } from './plan.ts';

/** What was done on one cluster of a run before that was broken off. */
export interface Earlier {
  /** Checks that have come to no result. */
  readonly left: readonly string[];
  readonly results: readonly Counted[];
  /** Why the machine could not carry the cluster, in words; with any, nothing is left. */
  readonly lacks: readonly string[];
  readonly provenance: readonly Provenance[];
  /** Whether the journal says at its end how all that came out. */
  readonly closed: boolean;
}

/** Results that stand. `error` says nothing of the network, so such a check is run again; its first try stays in the journal. */
const final: readonly Result[] = ['pass', 'fail', 'observed', 'not-applicable', 'inconclusive'];

/**
 * Reads from the journal of a cluster what is still to do there.
 *
 * @param checks that the run had planned
 * @returns undefined where it had not begun
 */
export function earlierOf(events: readonly JournalEvent[], checks: RunPlan['checks']): Earlier | undefined {
  const [started] = ofKind(events, 'run-started');
  if (started === undefined) return undefined;
  const [cell] = ofKind(events, 'cell-started');
  const lacks = ofKind(events, 'cell-not-applicable').flatMap(({ reasons }) => reasons);
  const planned = lacks.length > 0 ? [] : (cell?.checks.map(({ id }) => id) ?? checks);
  const results = new Map(
    ofKind(events, 'check-finished').map(({ check, result, divergence }): [string, Counted] => [
      check,
      { result, ...(divergence && { divergence }) },
    ]),
  );
  const left = planned.filter((id) => !final.includes(results.get(id)?.result ?? 'error'));
  for (const id of left) results.delete(id);
  const earlier = {
    left,
    results: [...results.values()],
    lacks,
    provenance: started.provenance,
  };
  const end = events.findLast(({ event }) => event === 'run-resumed' || event === 'run-finished');
  return { ...earlier, closed: end?.event === 'run-finished' && end.exit === exitOfEarlier(earlier) };
}

/** How the run on a cluster ends on which nothing is left to do. */
export function exitOfEarlier({ lacks, results }: Pick<Earlier, 'lacks' | 'results'>): ExitCode {
  return lacks.length > 0 ? exitCode.pass : exitOf(results);
}

/** Whether a cluster needs nothing more. */
export function isDone(earlier: Earlier | undefined): earlier is Earlier {
  return earlier !== undefined && earlier.left.length === 0 && earlier.closed;
}

/**
 * The plan of a run on one cluster, or of one cluster of several, as its journal tells it.
 *
 * @throws NetproofError `NOT_RESUMABLE` (exit 2) where it never reached the cluster
 */
export function planOf(events: readonly JournalEvent[]): RunPlan {
  const [started] = ofKind(events, 'run-started');
  const [cell] = ofKind(events, 'cell-started');
  if (started === undefined || cell === undefined) throw notResumable('it had not begun with any check');
  const { run, mode, coverage, shard } = started;
  const checks = cell.checks.map(({ id }) => id);
  return { run, mode, clusters: [{ name: cell.cluster }], checks, coverage, ...(shard && { shard }) };
}

/** @throws NetproofError `NOT_RESUMABLE` (exit 2) where it proved faults, or is done on every cluster */
export function refuseDone({ mode, clusters }: RunPlan, earlier: ReadonlyMap<string, Earlier>): void {
  if (mode === 'prove') throw notResumable('it is a proof, whose faults and checks belong together');
  if (clusters.every(({ name }) => isDone(earlier.get(name)))) {
    throw notResumable('every check of it has come to a result');
  }
}

/**
 * One report must not mix what different images did.
 *
 * @throws NetproofError `IMAGES_CHANGED` (exit 2)
 */
export function sameImages(before: readonly Provenance[], now: readonly Provenance[]): void {
  refuseChanged(now.filter((one) => !before.some(equals(one))));
}

/**
 * What a cluster that had not begun shares with others of its run must be the same, too.
 *
 * @throws NetproofError `IMAGES_CHANGED` (exit 2)
 */
export function sameSharedImages(before: readonly Provenance[], now: readonly Provenance[]): void {
  refuseChanged(
    now.filter((one) => before.some(({ name }) => name === one.name) && !before.some(equals(one))),
  );
}

/** Whether two entries are of one build. */
export const equals = (one: Provenance) => (other: Provenance) =>
  one.name === other.name && one.version === other.version && one.key === other.key;

function refuseChanged(changed: readonly Provenance[]): void {
  if (changed.length === 0) return;
  throw new NetproofError(
    `since that run other images were made: ${changed.map(({ name }) => name).join(', ')}`,
    {
      code: 'IMAGES_CHANGED',
      exit: exitCode.usage,
      hint: 'begin a new run: pnpm netproof run',
    },
  );
}

function ofKind<E extends JournalEvent['event']>(events: readonly JournalEvent[], kind: E) {
  return events.filter((event): event is Extract<JournalEvent, { event: E }> => event.event === kind);
}

function notResumable(why: string): NetproofError {
  return new NetproofError(`this run cannot be resumed: ${why}`, {
    code: 'NOT_RESUMABLE',
    exit: exitCode.usage,
    hint: 'begin a new run: pnpm netproof run',
  });
}
