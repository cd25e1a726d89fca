import { type AppliedFault, type Endpoint, fault, feature, newPods, nodes } from '@netproof/core';
import { podOf } from '@netproof/kube';
import { insertAtPods } from './at-pods.ts';

/*
 * In the pods that ask, and for the address of the Service as for those of its other endpoints: where a proxy has chosen
 * before a packet leaves its pod, as in a socket, only these are left to be seen.
 */
export default fault({
  id: 'endpoint-lingers',
  story:
    'The proxy of one node still leads half of the new connections to an endpoint that is being deleted, as one does that never takes away what it has added.',
  needs: [feature('PodNetwork'), feature('Services'), feature(newPods), nodes(2)],
  actsOn: newPods,
  async apply({ cluster, lifecycle, nodes, objects, probes }) {
    const node = nodes.list.at(-1)?.name;
    const clients = probes.endpoints.filter((one) => one.kind === 'pod' && one.node === node);
    const others = new Map<string, Endpoint>();
    let last: AppliedFault | undefined;
    const ready = lifecycle.on('ready', async (pod) => void others.set(pod.id, pod));
    const gone = lifecycle.on('gone', async ({ id }) => void others.delete(id));
    const terminating = lifecycle.on('terminating', async (pod) => {
      others.delete(pod.id);
      const services = (await objects.services()).filter(
        ({ metadata }) => metadata.namespace === podOf(pod.id).namespace,
      );
      const facts = await Promise.all(
        services.map(({ metadata }) => cluster.service(metadata.namespace ?? '', metadata.name)),
      );
      const rules = facts.flatMap(({ clusterIP, ports }) =>
        ports.flatMap(({ protocol, port, targetPort = port }) =>
          [
            [clusterIP, port] as const,
            ...[...others.values()].map(({ ip }) => [ip, targetPort] as const),
          ].map(([to, at]) => [
            ...['-d', to, '-p', protocol.toLowerCase(), '--dport', `${at}`],
            ...['-m', 'statistic', '--mode', 'random', '--probability', '0.5'],
            ...['-j', 'DNAT', '--to-destination', `${pod.ip}:${targetPort}`],
          ]),
        ),
      );
      last = await insertAtPods(
        nodes,
        clients.flatMap((client) =>
          rules.map((spec) => ({ pod: client, table: 'nat' as const, chain: 'OUTPUT', spec })),
        ),
      );
    });
    return {
      effect: async () => (await last?.effect()) ?? 0,
      async revert() {
        for (const act of [ready, gone, terminating]) act.stop();
        await last?.revert();
      },
    };
  },
});
