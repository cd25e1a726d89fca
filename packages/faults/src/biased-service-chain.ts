import { fault, feature } from '@netproof/core';
import { insertIntoServiceChains } from './service-chains.ts';

export default fault({
  id: 'biased-service-chain',
  story:
    'One backend of a Service gets a fifth of all connections before the others are asked, as wrong probabilities in a proxy do.',
  needs: [feature('Services'), feature('kube-proxy/iptables')],
  apply: ({ nodes }) =>
    insertIntoServiceChains(nodes, false, ([first = '']) => [
      ['-m', 'statistic', '--mode', 'random', '--probability', '0.2', '-j', first],
    ]),
});
