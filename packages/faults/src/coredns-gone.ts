import { fault, feature } from '@netproof/core';
import { dnsService } from './api-marks.ts';
import { breakDns } from './break-dns.ts';
import { coreDns, deploymentOf } from './coredns.ts';

export default fault({
  id: 'coredns-gone',
  story: 'No DNS server runs, as after a wrong scaling of CoreDNS or when its pods cannot be scheduled.',
  needs: [feature('PodNetwork'), feature('pods/iptables'), feature('Services')],
  async apply(context) {
    const { cluster, objects } = context;
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
      async counted() {
        const { name, namespace = '' } = dnsService.metadata;
        const { clusterIP } = await cluster.service(namespace, name);
        // Before the proxy's turn: as long as it knows the servers that are gone, questions go to their addresses.
        return { chain: 'PREROUTING', address: clusterIP };
      },
    });
  },
});
