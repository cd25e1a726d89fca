import { fault, feature } from '@netproof/core';
import { divert } from './service-chains.ts';

export default fault({
  id: 'biased-service-chain',
  story:
    'One backend of a Service gets a fifth of all connections before the others are asked, as wrong probabilities in a proxy do.',
  needs: [feature('Services'), feature('pods/iptables'), feature('kube-proxy/netfilter')],
  apply: (context) => divert(context, false, ([to = '']) => [{ to, share: 0.2 }]),
});
