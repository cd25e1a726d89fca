import { fault, feature } from '@netproof/core';
import { divert } from './service-chains.ts';

export default fault({
  id: 'backend-never-chosen',
  story: "The proxy of one node has not heard of a Service's first backend and spreads over the others.",
  needs: [feature('Services'), feature('pods/iptables'), feature('kube-proxy/netfilter')],
  apply: ({ cluster, nodes }) =>
    divert({ cluster, nodes: { ...nodes, list: nodes.list.slice(-1) } }, false, ([, ...known]) =>
      // Each takes its even share of what those before it have left.
      known.map((to, at) => ({ to, share: 1 / (known.length - at) })),
    ),
});
