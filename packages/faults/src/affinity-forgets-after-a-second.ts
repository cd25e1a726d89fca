import { bounds, fault, feature, type ObjectName, settle } from '@netproof/core';
import { memoryOf } from './affinity.ts';

const forgetful = 1;

export default fault({
  id: 'affinity-forgets-after-a-second',
  story:
    'A Service with sessionAffinity ClientIP forgets its clients after a second, as with a wrong timeout.',
  needs: [feature('Services'), feature('pods/iptables'), feature('kube-proxy/netfilter')],
  async apply({ cluster, nodes, objects }) {
    const memory = memoryOf(cluster, nodes);
    const sticky = (await memory.services()).map(objectName);
    const before = await Promise.all(sticky.map(async (one) => timeoutOf(await objects.get(one))));
    const set = async (seconds: readonly number[]) => {
      for (const [at, one] of sticky.entries()) {
        const clientIP = { timeoutSeconds: seconds[at] };
        await objects.patch(one, { spec: { sessionAffinityConfig: { clientIP } } });
      }
      const wanted = new Set(seconds);
      await settle({
        until: `every node remembers the clients of Services with affinity for ${[...wanted].join(', ')} s`,
        bound: bounds.serviceProgramming,
        sample: () => memory.timeouts(),
        settled: (all) => all.every((some) => some.symmetricDifference(wanted).size === 0),
        show: (all) => JSON.stringify(all.map((some) => [...some])),
      });
    };
    const revert = () => set(before);
    try {
      await set(sticky.map(() => forgetful));
      const lots = await memory.lots();
      return {
        effect: lots.effect,
        async revert() {
          try {
            await lots.revert();
          } finally {
            await revert();
          }
        },
      };
    } catch (error) {
      await revert();
      throw error;
    }
  },
});

function objectName(service: string): ObjectName {
  const [namespace = '', name = ''] = service.split('/');
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace } };
}

function timeoutOf(service: Readonly<Record<string, unknown>>): number {
  const { spec } = service as {
    spec: { sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } } };
  };
  // What the API sets where nobody does (DefaultClientIPServiceAffinitySeconds).
  return spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800;
}
