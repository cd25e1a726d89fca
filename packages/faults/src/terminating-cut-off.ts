import { fault, feature, newPods, nodes } from '@netproof/core';
import { cutOff } from './cut-off.ts';

export default fault({
  id: 'terminating-cut-off',
  story:
    'The pods of one node do not hear a pod any more that is being deleted, as where a CNI takes its network away before its container has ended.',
  needs: [feature('PodNetwork'), feature(newPods), nodes(2)],
  apply: async (context) => cutOff(context, 'terminating'),
});
