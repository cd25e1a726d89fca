import { fault, feature } from '@netproof/core';
import { masqueradeBetween } from './between-pods.ts';

export default fault({
  id: 'masquerade-on-node',
  story:
    'A node rewrites the source of traffic between its own pods, as a masquerade rule without exceptions does.',
  needs: [feature('PodNetwork')],
  apply: (context) =>
    masqueradeBetween(
      context,
      context.nodes.list.map((node) => ({ from: node, to: [node] })),
    ),
});
