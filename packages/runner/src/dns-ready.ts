import { bounds, describeLookup, explain, onePodPerNode, type Probes, settle } from '@netproof/core';
import type { Kube } from '@netproof/kube';

/**
 * Waits until the cluster's DNS answers a pod on every node over UDP and TCP. A CoreDNS that is Ready says only
 * that its own kubelet reaches it. A DNS that never gets there is left to the checks, which will find it.
 *
 * @param kube of a cluster of ours; what else runs on one of others is not ours to look at
 * @returns what was seen last and what CoreDNS's pods come to, where it did not get there
 */
export async function dnsAnswers(
  probes: Probes,
  kube: Pick<Kube, 'whyPods'> | undefined,
): Promise<string | undefined> {
  const sources = onePodPerNode(probes.endpoints);
  try {
    await settle({
      until: 'DNS answers a pod on every node',
      bound: bounds.dnsProgramming,
      sample: () =>
        probes.resolve({
          sources,
          questions: [{ name: 'kubernetes.default.svc', type: 'A' }],
          transports: ['UDP', 'TCP'],
        }),
      settled: (lookups) =>
        lookups.every(({ verdict, rcode }) => verdict === 'answered' && rcode === 'NOERROR'),
      show: (lookups) =>
        lookups
          .map((lookup) => `${lookup.source.node} ${lookup.transport} ${describeLookup(lookup)}`)
          .join(', '),
    });
    return undefined;
  } catch (error) {
    const pods = (await kube?.whyPods('kube-system', 'k8s-app=kube-dns')) ?? [];
    return [explain(error), ...pods].join('\n    ');
  }
}
