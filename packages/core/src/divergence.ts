import { z } from 'zod';

/** What is written of a check that a cluster records as known to fail: why, where that is told, and how long it counts. */
export const recordedDivergence = z.object({
  reason: z.string(),
  reference: z.string(),
  /** The last day on which it counts, in UTC: `2027-03-01`. */
  expires: z.string(),
  /** Whether that day was over when the check ran. */
  expired: z.boolean(),
});

export type RecordedDivergence = z.infer<typeof recordedDivergence>;

/**
 * - `known`: it fails, as is known
 * - `expired`: it fails, and that it is known counts no more
 * - `unexpected-pass`: it passes, so the entry is wrong and would hide the next failure
 */
export type DivergenceState = 'known' | 'expired' | 'unexpected-pass';

interface Held {
  /** A result, or in a report how far a check came. */
  readonly result: string;
  readonly divergence?: RecordedDivergence | undefined;
}

/** What a record makes of a result; undefined where it says nothing of it: it never hides that something is not known. */
export function divergenceState({ result, divergence }: Held): DivergenceState | undefined {
  if (divergence === undefined) return undefined;
  if (result === 'fail') return divergence.expired ? 'expired' : 'known';
  return (result === 'pass' || result === 'observed') && !divergence.expired ? 'unexpected-pass' : undefined;
}

/** In words, but for where it is told: `known: nodes masquerade, until 2027-03-01`. */
export function describeDivergence(held: Held): string | undefined {
  const state = divergenceState(held);
  if (state === undefined || held.divergence === undefined) return undefined;
  const { reason, expires } = held.divergence;
  return {
    known: `known: ${reason}, until ${expires}`,
    expired: `was known until ${expires}, which is over: ${reason}; have it mended, or renew the entry in cluster.yaml`,
    'unexpected-pass': `unexpected pass, known to fail until ${expires}: ${reason}; delete the entry from cluster.yaml`,
  }[state];
}
