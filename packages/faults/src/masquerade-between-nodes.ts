import { fault, feature, nodes } from '@netproof/core';
import { masqueradeBetween } from './between-pods.ts';

export default fault({
  id: 'masquerade-between-nodes',
  story:
    'A node rewrites the source of pod traffic that leaves it for another node, as a wrong ipMasq setting does.',
  needs: [feature('PodNetwork'), nodes(2)],
  apply: (context) =>
    masqueradeBetween(
      context,
      context.nodes.list.map((from, _, all) => ({ from, to: all.filter((one) => one !== from) })),
    ),
});
