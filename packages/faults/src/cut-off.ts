import { setTimeout as pause } from 'node:timers/promises';
import {
  type AppliedFault,
  allEnded,
  type FaultContext,
  type Milliseconds,
  type PodMoment,
} from '@netproof/core';
import { insertAtPods } from './at-pods.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

interface CutOff {
  /** So much later than the moment; the check does not wait for it. */
  readonly later?: Milliseconds;
  /** What of it, in the words of iptables(8); all of it without. */
  readonly match?: readonly string[];
}

/**
 * From a moment in its life on, what a pod that a check starts says to the resident pods of one node is lost. It is
 * dropped where it comes to: those are there before the pod and after it, and so are the counters.
 */
export function cutOff(
  { lifecycle, nodes, probes }: FaultContext,
  moment: PodMoment,
  { later, match = [] }: CutOff = {},
): AppliedFault {
  const { name } = pairOfNodes(nodes).from;
  const residents = probes.endpoints.filter(({ kind, node }) => kind === 'pod' && node === name);
  // Of several each counts, and takes out, all rules of the same pods.
  let last: AppliedFault | undefined;
  const underWay: Promise<void>[] = [];
  const over = new AbortController();
  const drop = async (ip: string) => {
    const spec = ['-s', ip, ...match, '-j', 'DROP'];
    last = await insertAtPods(
      nodes,
      residents.map((pod) => ({ pod, table: 'filter', chain: 'INPUT', spec })),
    );
  };
  const dropLater = async (ip: string) => {
    await pause(later, undefined, { signal: over.signal }).catch(() => {});
    if (!over.signal.aborted) await drop(ip);
  };
  const { stop } = lifecycle.on(moment, async ({ ip }) => {
    if (later === undefined) return drop(ip);
    const begun = dropLater(ip);
    begun.catch(() => {}); // told when it is taken out
    underWay.push(begun);
  });
  return {
    effect: async () => (await last?.effect()) ?? 0,
    async revert() {
      stop();
      over.abort();
      try {
        await allEnded(underWay.splice(0));
      } finally {
        await last?.revert();
      }
    },
  };
}
