import { fault, feature, newPods, nodes } from '@netproof/core';
import { cutOff } from './cut-off.ts';

export default fault({
  id: 'restarted-cut-off',
  story:
    'The pods of one node do not hear a pod any more whose container was restarted, as where its network was taken away with the old one.',
  needs: [feature('PodNetwork'), feature(newPods), nodes(2)],
  actsOn: newPods,
  apply: async (context) => cutOff(context, 'restarted'),
});
