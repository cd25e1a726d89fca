import { fault, feature, newPods, nodes, stimuli } from '@netproof/core';
import { cutOff } from './cut-off.ts';

/*
 * Not at once: a check that looks at a pod which terminates only once would find what is cut off from the beginning, and
 * nothing that comes to it while it works on.
 */
export default fault({
  id: 'terminating-cut-off',
  story:
    'The pods of one node do not hear a pod any more that is being deleted, half a second after it was told so, as where a CNI takes its network away before its container has ended.',
  needs: [feature('PodNetwork'), feature(newPods), nodes(2)],
  actsOn: newPods,
  apply: async (context) => cutOff(context, 'terminating', { later: stimuli.cutOffLater }),
});
