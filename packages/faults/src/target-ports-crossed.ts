import { exitCode, fault, feature, NetproofError, type ServiceObject } from '@netproof/core';
import { insertAtPods } from './at-pods.ts';

export default fault({
  id: 'target-ports-crossed',
  story:
    'What comes through a Service reaches its pods at another port than its target port, as where a proxy has crossed the ports of one Service, or of two.',
  needs: [feature('PodNetwork'), feature('Services')],
  // In the pods, where what a proxy has chosen arrives on every CNI.
  async apply({ nodes, objects, probes }) {
    const [instead = 0] = probes.served;
    const crossed = new Map((await objects.services()).flatMap(({ spec }) => crossedOf(spec.ports, instead)));
    if (crossed.size === 0) {
      throw new NetproofError(`no Service of netproof leads to another port than ${instead}`, {
        code: 'NO_SERVICE',
        exit: exitCode.defect,
      });
    }
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    return insertAtPods(
      nodes,
      pods.flatMap((pod) =>
        [...Map.groupBy(crossed.keys(), (port) => crossed.get(port))].flatMap(([to, ports]) =>
          ['tcp', 'udp'].map((protocol) => {
            const match = ['-p', protocol, '-m', 'multiport', '--dports', ports.join()];
            const spec = [...match, '-j', 'REDIRECT', '--to-ports', `${to}`];
            return { pod, table: 'nat' as const, chain: 'PREROUTING', spec };
          }),
        ),
      ),
    );
  },
});

/** Each target port and the one that takes its place: of a Service that has several the next, else the one given. */
function crossedOf(ports: ServiceObject['spec']['ports'] = [], instead: number) {
  const targets = ports.flatMap(({ targetPort }) => (typeof targetPort === 'number' ? [targetPort] : []));
  const own = [...new Set(targets)].filter((port) => port !== instead);
  return own.map((port, at) => [port, own.length > 1 ? own[(at + 1) % own.length] : instead] as const);
}
