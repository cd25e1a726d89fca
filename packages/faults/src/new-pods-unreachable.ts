import { fault, feature, newPods, nodes } from '@netproof/core';
import { cutOff } from './cut-off.ts';

export default fault({
  id: 'new-pods-unreachable',
  story:
    'The pods of one node do not hear a new pod when it is Ready, as where the node has not learnt of its address yet.',
  needs: [feature('PodNetwork'), feature(newPods), nodes(2)],
  actsOn: newPods,
  apply: async (context) => cutOff(context, 'ready'),
});
