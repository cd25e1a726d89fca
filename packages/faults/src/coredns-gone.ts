import { fault, feature } from '@netproof/core';
import { breakDns } from './break-dns.ts';
import { coreDns, deploymentOf } from './coredns.ts';

export default fault({
  id: 'coredns-gone',
  story: 'No DNS server runs, as after a wrong scaling of CoreDNS or when its pods cannot be scheduled.',
  // A proxy that answers connect() itself lets no question out to a Service without servers, so nothing can be counted.
  needs: [feature('PodNetwork'), feature('Services'), feature('kube-proxy/netfilter')],
  async apply(context) {
    const { objects } = context;
    const { spec } = await deploymentOf(objects, coreDns);
    const before = spec.replicas ?? 1;
    const scale = (replicas: number) => objects.patch(coreDns, { spec: { replicas } });
    return breakDns(context, {
      id: 'coredns-gone',
      canary: 'no-such-canary.netproof-z.svc',
      break: () => scale(0),
      async mend() {
        await scale(before);
        await objects.available(coreDns);
      },
      isBroken: ({ verdict }) => verdict !== 'answered' && verdict !== 'probe-error',
    });
  },
});
