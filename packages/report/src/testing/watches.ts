import { edgeOf, type NewEvent, paceOf, settledAt, type Try, type TryVerdict, tryRuns } from '@netproof/core';
import { pods } from './cluster.ts';

type WatchEvent = Extract<NewEvent, { event: 'watch' }>;

/** So many tries with this verdict, one after the other. */
export type Stretch = readonly [many: number, verdict: TryVerdict];

/** The event of a watch that saw this, a try every 4.1 ms, while a change was accepted after 200 ms. */
export function watchEvent(
  check: string,
  until: WatchEvent['until'],
  stretches: readonly Stretch[],
  change: Partial<WatchEvent> = {},
): WatchEvent {
  const tries = stretches
    .flatMap(([many, verdict]) => Array.from({ length: many }, () => verdict))
    .map((verdict, at): Try => ({ at: at * 4.1, verdict }));
  const [acceptedAt, clockUncertainty] = [200, 0.4];
  const settled = settledAt(tries, { until, stable: 200 });
  const seen = { until, tries, clockUncertainty, ...(settled !== undefined && { settledAt: settled }) };
  const edge = edgeOf(seen, acceptedAt);
  return {
    event: 'watch',
    check,
    source: pods[0]!.id,
    target: pods[4]!.id,
    address: pods[4]!.ip,
    port: { protocol: 'TCP', port: 8080 },
    until,
    acceptedAt,
    ...(settled !== undefined && { settledAt: settled }),
    ...paceOf(tries, 4),
    clockUncertainty,
    tries: [...tryRuns(tries)],
    ...(edge.kind === 'untold' ? { reason: edge.reason } : { edge }),
    ...change,
  };
}

/** A change that denies, one that allows after flapping, one that never came, and an agent without CPU. */
export function watchEvents(check: string): readonly WatchEvent[] {
  return [
    watchEvent(check, 'denied', [
      [212, 'connected'],
      [90, 'dropped'],
    ]),
    watchEvent(
      check,
      'connected',
      [
        [140, 'dropped'],
        [9, 'connected'],
        [4, 'dropped'],
        [30, 'connected'],
        [1, 'dropped'],
        [160, 'connected'],
      ],
      { port: { protocol: 'UDP', port: 8081 } },
    ),
    watchEvent(check, 'denied', [[420, 'connected']], { target: pods[1]!.id }),
    watchEvent(
      check,
      'denied',
      [
        [80, 'connected'],
        [30, 'probe-error'],
        [60, 'refused'],
        [12, 'wrong-peer'],
        [90, 'refused'],
      ],
      { target: 'Service x/web' },
    ),
    watchEvent(check, 'denied', [[120, 'probe-error']], { rate: 0, longestGap: 0, reason: 'starved' }),
  ];
}
