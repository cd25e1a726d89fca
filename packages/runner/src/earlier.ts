import { exitCode, type JournalEvent, NetproofError, type Provenance, type Result } from '@netproof/core';
import type { Images } from '@netproof/images';

/** The part of a run that was done before it was broken off. */
export interface Earlier {
  /** The id of the run. */
  readonly run: string;
  /** The cluster on which it ran, by its name. */
  readonly cluster: string;
  /** Checks that have come to no result. */
  readonly left: readonly string[];
  readonly results: readonly { readonly result: Result }[];
  readonly provenance: readonly Provenance[];
}

/** Results that stand. `error` says nothing of the network, so such a check is run again; its first try stays in the journal. */
const final: readonly Result[] = ['pass', 'fail', 'observed', 'not-applicable', 'inconclusive'];

/**
 * Reads from a journal what a run still has to do.
 *
 * @throws NetproofError `NOT_RESUMABLE` (exit 2) where it proved faults, never reached a cluster, or is done
 */
export function earlierOf(events: readonly JournalEvent[]): Earlier {
  const ofKind = <E extends JournalEvent['event']>(kind: E) =>
    events.filter((event): event is Extract<JournalEvent, { event: E }> => event.event === kind);
  const [started] = ofKind('run-started');
  const [cell] = ofKind('cell-started');
  if (started?.mode === 'prove') throw refusal('it is a proof, whose faults and checks belong together');
  if (started === undefined || cell === undefined) throw refusal('it had not begun with any check');
  const results = new Map(ofKind('check-finished').map(({ check, result }) => [check, result]));
  const left = cell.checks.map(({ id }) => id).filter((id) => !final.includes(results.get(id) ?? 'error'));
  if (left.length === 0) throw refusal('every check of it has come to a result');
  for (const id of left) results.delete(id);
  return {
    run: started.run,
    cluster: cell.cluster,
    left,
    results: [...results.values()].map((result) => ({ result })),
    provenance: started.provenance,
  };
}

/**
 * One report must not mix what different images did.
 *
 * @throws NetproofError `IMAGES_CHANGED` (exit 2)
 */
export function sameImages({ provenance: before }: Earlier, { provenance: now }: Images): void {
  const keyOf = ({ name, version, key }: Provenance) => `${name} ${version} ${key ?? ''}`;
  const known = new Set(before.map(keyOf));
  const changed = now.filter((one) => !known.has(keyOf(one)));
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

function refusal(why: string): NetproofError {
  return new NetproofError(`this run cannot be resumed: ${why}`, {
    code: 'NOT_RESUMABLE',
    exit: exitCode.usage,
    hint: 'begin a new run: pnpm netproof run',
  });
}
