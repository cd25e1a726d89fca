import type { AppliedFault, FaultContext, PodMoment } from '@netproof/core';
import { insertAtPods } from './at-pods.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/**
 * From a moment in its life on, what a pod that a check starts says to the resident pods of one node is lost. It is
 * dropped where it comes to: those are there before the pod and after it, and so are the counters.
 */
export function cutOff({ lifecycle, nodes, probes }: FaultContext, moment: PodMoment): AppliedFault {
  const { name } = pairOfNodes(nodes).from;
  const residents = probes.endpoints.filter(({ kind, node }) => kind === 'pod' && node === name);
  // Of several each counts, and takes out, all rules of the same pods.
  let last: AppliedFault | undefined;
  const { stop } = lifecycle.on(moment, async ({ ip }) => {
    const spec = ['-s', ip, '-j', 'DROP'];
    last = await insertAtPods(
      nodes,
      residents.map((pod) => ({ pod, table: 'filter', chain: 'INPUT', spec })),
    );
  });
  return {
    effect: async () => (await last?.effect()) ?? 0,
    async revert() {
      stop();
      await last?.revert();
    },
  };
}
