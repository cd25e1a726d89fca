import { bounds, type Milliseconds } from './bounds.ts';
import type { CheckContext } from './check.ts';
import { type Endpoint, type Port, type Target, targetOf } from './endpoint.ts';
import { explain, NetproofError } from './error.ts';
import { ownAddress } from './own-address.ts';
import type { StartedPod } from './pods.ts';
import type { Cell } from './verdict.ts';

const both: readonly Port[] = [
  { protocol: 'TCP', port: 8080 },
  { protocol: 'UDP', port: 8080 },
];

/** A new pod, and what came of it from when it was Ready. */
export interface AskedPod extends StartedPod {
  readonly askedAt: Milliseconds;
  /** Of asking it. */
  readonly reached: readonly Cell[];
  /** Of what it asked. */
  readonly reaches: readonly Cell[];
}

/** A start takes two seconds; on a machine on which it takes so long one may take longer than `bounds.podReady`. */
const slowStart: Milliseconds = bounds.podReady / 3;

/**
 * Judges that a new pod gets Ready on each node, and that from then on it and the pods that are there reach each other, each
 * seeing the other's own address.
 *
 * @param residents the pods that are there
 * @returns those that got Ready
 * @throws what kept them where none did: it may be the machine
 */
export async function newPodOnEachNode(
  { nodes: { list }, pods, probes, judge }: Pick<CheckContext, 'nodes' | 'pods' | 'probes' | 'judge'>,
  residents: readonly Endpoint[],
): Promise<readonly AskedPod[]> {
  const ask = async (sources: readonly Endpoint[], targets: readonly Target[]) =>
    (await probes.matrix({ sources, targets, ports: both })).cells;
  const tried = await Promise.allSettled(
    list.map(async ({ name }): Promise<AskedPod> => {
      const started = await pods.start(name);
      const askedAt = performance.now();
      // It asks as soon as it has a control stream; nobody waits for that to ask it.
      const [reached, reaches] = await Promise.all([
        ask(residents, [targetOf(started.pod)]),
        ask([started.pod], residents.map(targetOf)),
      ]);
      return { ...started, askedAt, reached, reaches };
    }),
  );
  const all = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const longest = Math.max(...all.map(({ sentAt, readyAt }) => readyAt - sentAt));
  for (const [at, one] of tried.entries()) {
    if (one.status === 'fulfilled') continue;
    const { reason } = one;
    if (all.length === 0 || !(reason instanceof NetproofError && reason.code === 'NOT_READY')) throw reason;
    const others = `while those of other nodes took ${(longest / 1000).toFixed(1)} s at most`;
    const what = `a new pod on ${list[at]?.name} did not get Ready, ${others}: ${explain(reason)}`;
    // It has a cause where the API could not be asked to the end.
    if (reason.cause === undefined && longest < slowStart) judge.holds(false, what);
    else judge.inconclusive(what);
  }
  // The first try counts: of attempts of which one stays silent nothing is `connected`.
  const cells = all.flatMap(({ reached, reaches }) => [...reached, ...reaches]);
  judge.connected({ cells, ms: 0 }, ownAddress(list));
  return all;
}
