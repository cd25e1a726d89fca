import {
  bounds,
  exitCode,
  fault,
  feature,
  NetproofError,
  type Nodes,
  type ObjectName,
  settle,
} from '@netproof/core';
import { serviceChains } from './service-chains.ts';

const forgetful = 1;

export default fault({
  id: 'affinity-forgets-after-a-second',
  story:
    'A Service with sessionAffinity ClientIP forgets its clients after a second, as with a wrong timeout.',
  needs: [feature('Services'), feature('kube-proxy/iptables')],
  async apply({ nodes, objects }) {
    const sticky = await stickyServices(nodes);
    const before = await Promise.all(sticky.map(async (one) => timeoutOf(await objects.get(one))));
    const set = async (seconds: readonly number[]) => {
      for (const [at, one] of sticky.entries()) {
        const clientIP = { timeoutSeconds: seconds[at] };
        await objects.patch(one, { spec: { sessionAffinityConfig: { clientIP } } });
      }
      await programmed(nodes, new Set(seconds));
    };
    const revert = () => set(before);
    try {
      await set(sticky.map(() => forgetful));
    } catch (error) {
      await revert();
      throw error;
    }
    return { effect: () => choices(nodes), revert };
  },
});

/** The Services of ours that remember their clients. */
async function stickyServices(nodes: Nodes): Promise<readonly ObjectName[]> {
  const chains = (await saved(nodes)).flatMap(serviceChains).filter(({ affinity }) => affinity);
  const names = [...new Set(chains.map(({ service }) => service))];
  if (names.length > 0) {
    return names.map((one) => {
      const [namespace = '', name = ''] = one.split('/');
      return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace } };
    });
  }
  throw new NetproofError('no Service of netproof with affinity has a KUBE-SVC chain on any node', {
    code: 'NO_SERVICE_CHAIN',
    exit: exitCode.defect,
  });
}

function timeoutOf(service: Readonly<Record<string, unknown>>): number {
  const { spec } = service as {
    spec: { sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } } };
  };
  // What the API sets where nobody does (DefaultClientIPServiceAffinitySeconds).
  return spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800;
}

/** Waits until the proxies of all nodes remember for these lengths of time and for no other. */
async function programmed(nodes: Nodes, seconds: ReadonlySet<number>): Promise<void> {
  await settle({
    until: `every node remembers the clients of Services with affinity for ${[...seconds].join(', ')} s`,
    bound: bounds.serviceProgramming,
    sample: async () => (await saved(nodes)).map((save) => new Set(timeouts(save))),
    settled: (all) => all.every((some) => some.symmetricDifference(seconds).size === 0),
    show: (all) => JSON.stringify(all.map((some) => [...some])),
  });
}

/** The lengths in seconds for which kube-proxy remembers clients of our Services. */
export function timeouts(save: string): readonly number[] {
  const rule = /^-A KUBE-SVC-\w+ .*--comment "netproof-.* -m recent --rcheck --seconds (\d+) /gm;
  return [...save.matchAll(rule)].map(([, seconds]) => Number(seconds));
}

/**
 * How many connections of Services with affinity got a backend by lot, from the counters of kube-proxy's rules.
 * Those of a client that is remembered do not come so far. kube-proxy begins its counters anew when it writes the
 * chains, as it did for this fault.
 */
async function choices(nodes: Nodes): Promise<number> {
  const all = await Promise.all(
    nodes.list.map(({ name }) => nodes.run(name, ['iptables-save', '-c', '-t', 'nat'])),
  );
  return all.reduce((sum, { stdout }) => sum + choicesIn(stdout), 0);
}

/** @param save output of `iptables-save -c -t nat` */
export function choicesIn(save: string): number {
  const sticky = serviceChains(save.replaceAll(/^\[\d+:\d+\] /gm, '')).filter(({ affinity }) => affinity);
  const rule = /^\[(\d+):\d+\] -A (KUBE-SVC-\w+) (?!.* -m recent ).* -j KUBE-SEP-\w+$/gm;
  return [...save.matchAll(rule)]
    .filter(([, , chain]) => sticky.some((one) => one.chain === chain))
    .reduce((sum, [, packets]) => sum + Number(packets), 0);
}

async function saved({ list, run }: Nodes): Promise<readonly string[]> {
  const all = await Promise.all(list.map(({ name }) => run(name, ['iptables-save', '-t', 'nat'])));
  return all.map(({ stdout }) => stdout);
}
