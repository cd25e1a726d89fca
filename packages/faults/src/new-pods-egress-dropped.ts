import { fault, feature, newPods, nodes } from '@netproof/core';
import { cutOff } from './cut-off.ts';

export default fault({
  id: 'new-pods-egress-dropped',
  story:
    'A new pod can answer the pods of one node and open no connection to them, as where a firewall that knows connections does not know its address yet.',
  needs: [feature('PodNetwork'), feature(newPods), nodes(2)],
  actsOn: newPods,
  apply: async (context) => cutOff(context, 'ready', { match: ['-m', 'conntrack', '--ctstate', 'NEW'] }),
});
