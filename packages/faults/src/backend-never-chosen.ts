import { fault, feature } from '@netproof/core';
import { insertIntoServiceChains } from './service-chains.ts';

export default fault({
  id: 'backend-never-chosen',
  story: "The proxy of one node has not heard of a Service's first backend and spreads over the others.",
  needs: [feature('Services'), feature('kube-proxy/iptables')],
  apply: ({ nodes }) =>
    insertIntoServiceChains({ ...nodes, list: nodes.list.slice(-1) }, false, ([, ...known]) =>
      // The first of the others is asked last and takes what is left; each before it takes its even share.
      known.map((backend, at) => [
        ...(at === 0 ? [] : ['-m', 'statistic', '--mode', 'random', '--probability', `${1 / (at + 1)}`]),
        ...['-j', backend],
      ]),
    ),
});
