import { fault, feature } from '@netproof/core';
import { insertIntoServiceChains } from './service-chains.ts';

export default fault({
  id: 'affinity-forgotten',
  story: 'A proxy spreads every connection of a Service anew although it has sessionAffinity ClientIP.',
  needs: [feature('Services'), feature('kube-proxy/iptables')],
  apply: ({ nodes }) =>
    insertIntoServiceChains(nodes, true, ([one = '', other = '']) => [
      // Half to one backend, the rest to another.
      ['-j', other],
      ['-m', 'statistic', '--mode', 'random', '--probability', '0.5', '-j', one],
    ]),
});
