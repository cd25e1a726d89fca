import type { Milliseconds } from './bounds.ts';
import type { Endpoint, Port, Target } from './endpoint.ts';
import type { Verdict } from './verdict.ts';

/** What a watch waits for. `denied` is every typed negative: `refused`, `dropped`, `unreachable`, `reset`. */
export const awaited = ['connected', 'denied'] as const;

export const edges = ['allow', 'deny'] as const;

/** One target asked from one source again and again, from a fresh source port each time. */
export interface WatchPlan {
  readonly source: Endpoint;
  readonly target: Target;
  readonly port: Port;
  readonly until: (typeof awaited)[number];
  /** It must hold for so long; the watch ends then. */
  readonly stable: Milliseconds;
  /** The watch ends after this in any case, and a window of silence later. */
  readonly atMost: Milliseconds;
  /**
   * Called once, as soon as tries are under way, and also where none can be made. What changes the cluster waits
   * for it: no edge can be told without a try from before.
   */
  readonly begun?: () => void;
  /** When the change was accepted, by `performance.now()` here, for the record. One that rejects is left out. */
  readonly accepted?: Promise<Milliseconds>;
}

/** What came of one try. `probe-error`: not known; neither end counts it. */
export type TryVerdict = Exclude<Verdict, 'name-error'>;

export interface Try {
  /** Its start, by `performance.now()` of the controlling process. */
  readonly at: Milliseconds;
  readonly verdict: TryVerdict;
}

export interface Watch {
  readonly source: Endpoint;
  readonly target: Target;
  readonly port: Port;
  readonly until: WatchPlan['until'];
  /** In the order of their starts. */
  readonly tries: readonly Try[];
  /** Start of the first try from which on all had the outcome waited for, if that held for `stable`. */
  readonly settledAt?: Milliseconds;
  readonly acceptedAt?: Milliseconds;
  /** Tries of which something is known, per second. */
  readonly rate: number;
  /** The longest time without such a try, and how often more than two in a row are missing. */
  readonly longestGap: Milliseconds;
  readonly stalls: number;
  /** A try began within this of its `at`. */
  readonly clockUncertainty: Milliseconds;
  /** Why nothing is known. `starved` means that an agent had no CPU. */
  readonly reason?: string;
}

/** The moment from which on a change was in force for one pair, and what was seen on the way to it. */
export interface Edge {
  readonly kind: (typeof edges)[number];
  /** From the acceptance of the change to the first try from which on all met it. */
  readonly ms: Milliseconds;
  /** So often the old outcome came back. */
  readonly flaps: number;
  /** Tries that had the old outcome after the first one that had the new: connected ones at a deny edge. */
  readonly leaked: number;
  /** So much earlier the change may have been in force, and by the clock's part of it later. */
  readonly resolution: Milliseconds;
}

/**
 * Reads from a watch when a change came into force.
 *
 * @param acceptedAt when the change was accepted, by the clock of the tries
 * @returns the edge, or the reason why it cannot be told
 */
export function edgeOf(
  watch: Pick<Watch, 'until' | 'tries' | 'settledAt' | 'clockUncertainty' | 'reason'>,
  acceptedAt: Milliseconds,
): Edge | { readonly kind: 'untold'; readonly reason: string } {
  const { until, settledAt, clockUncertainty, reason } = watch;
  if (reason !== undefined) return { kind: 'untold', reason };
  if (settledAt === undefined) return { kind: 'untold', reason: `it did not stay ${until}` };
  const known = watch.tries.filter(isKnown);
  if (!known.some(({ at, verdict }) => at < acceptedAt && !is(until, verdict))) {
    return {
      kind: 'untold',
      reason: `no try before the change was ${until === 'denied' ? 'connected' : 'denied'}`,
    };
  }
  const before = known.findLast(({ at }) => at < settledAt)?.at ?? settledAt;
  const resolution = settledAt - before + clockUncertainty;
  const ms = settledAt - acceptedAt;
  // Its answer reaches us a little later than the nodes may have heard of it, and no more than that.
  if (ms < -resolution) return { kind: 'untold', reason: `it was ${until} before the change` };
  const since = known.filter(({ at }) => at >= acceptedAt).map(({ verdict }) => is(until, verdict));
  const first = since.indexOf(true);
  const after = first < 0 ? [] : since.slice(first);
  return {
    kind: until === 'denied' ? 'deny' : 'allow',
    ms,
    flaps: after.filter((met, index) => !met && after[index - 1]).length,
    leaked: after.filter((met) => !met).length,
    resolution,
  };
}

/**
 * How many tries got through before a change was sent that is to let them through. Such a try is from before where the next
 * one had begun by then as well: an agent begins one after the other, so what the first had to say was on its way.
 *
 * @param sentAt when the change was sent, by the clock of the tries
 */
export function throughBefore(
  { until, tries, clockUncertainty, reason }: Pick<Watch, 'until' | 'tries' | 'clockUncertainty' | 'reason'>,
  sentAt: Milliseconds,
): number {
  if (until === 'denied' || reason !== undefined) return 0;
  const before = tries.findLastIndex(({ at }) => at + clockUncertainty < sentAt);
  return tries.slice(0, Math.max(before, 0)).filter(({ verdict }) => verdict === 'connected').length;
}

/** See {@link Watch.settledAt}. Tries of which nothing is known neither hold nor break. */
export function settledAt(
  tries: readonly Try[],
  { until, stable }: Pick<WatchPlan, 'until' | 'stable'>,
): Milliseconds | undefined {
  const known = tries.filter(isKnown);
  const held = known.slice(known.findLastIndex(({ verdict }) => !is(until, verdict)) + 1);
  const [first, last] = [held.at(0), held.at(-1)];
  return first !== undefined && last !== undefined && last.at - first.at >= stable ? first.at : undefined;
}

/** How evenly a watch asked. `every` is the time between two tries that was planned. */
export function paceOf(
  tries: readonly Try[],
  every: Milliseconds,
): Pick<Watch, 'rate' | 'longestGap' | 'stalls'> {
  const known = tries.filter(isKnown);
  // A try of which nothing is known shows no more than that somebody meant to ask.
  const starts = [...tries.slice(0, 1), ...known, ...tries.slice(-1)].map(({ at }) => at);
  const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? at));
  const all = gaps.reduce((sum, gap) => sum + gap, 0);
  return {
    rate: all === 0 ? 0 : (Math.max(known.length - 1, 0) / all) * 1000,
    longestGap: gaps.reduce((most, gap) => Math.max(most, gap), 0),
    stalls: gaps.filter((gap) => gap > 3 * every).length,
  };
}

/** Tries with the same verdict in a row, as one. Times are of their starts. */
export interface TryRun {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
  readonly verdict: TryVerdict;
  readonly n: number;
}

export function tryRuns(tries: readonly Try[]): readonly TryRun[] {
  const runs: TryRun[] = [];
  for (const { at, verdict } of tries) {
    const last = runs.at(-1);
    if (last?.verdict === verdict) runs[runs.length - 1] = { ...last, to: at, n: last.n + 1 };
    else runs.push({ from: at, to: at, verdict, n: 1 });
  }
  return runs;
}

/** Whether somebody else's answer or ours, silence or a refusal: anything but not knowing. */
function isKnown({ verdict }: Try): boolean {
  return verdict !== 'probe-error';
}

/** An answer by somebody else is neither. */
function is(wanted: WatchPlan['until'], verdict: TryVerdict): boolean {
  return wanted === 'connected'
    ? verdict === 'connected'
    : verdict !== 'connected' && verdict !== 'wrong-peer';
}
