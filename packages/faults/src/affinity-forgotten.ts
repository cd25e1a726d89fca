import { fault, feature } from '@netproof/core';
import { divert } from './service-chains.ts';

export default fault({
  id: 'affinity-forgotten',
  story: 'A proxy spreads every connection of a Service anew although it has sessionAffinity ClientIP.',
  needs: [feature('Services'), feature('pods/iptables'), feature('kube-proxy/netfilter')],
  apply: (context) =>
    divert(context, true, ([one = '', other = '']) => [
      { to: one, share: 0.5 },
      { to: other, share: 1 },
    ]),
});
