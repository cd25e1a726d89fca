import { exitCode, fault, feature, NetproofError } from '@netproof/core';
import { insertAtPods } from './at-pods.ts';

export default fault({
  id: 'target-ports-crossed',
  story:
    'What comes through a Service reaches its pods at another port than its target port, as where a proxy has crossed the ports of two Services.',
  needs: [feature('PodNetwork'), feature('Services')],
  // In the pods, where what a proxy has chosen arrives on every CNI.
  async apply({ nodes, objects, probes }) {
    const [instead = 0] = probes.served;
    const targets = (await objects.services()).flatMap(({ spec }) =>
      (spec.ports ?? []).flatMap(({ targetPort }) => (typeof targetPort === 'number' ? [targetPort] : [])),
    );
    const crossed = [...new Set(targets)].filter((port) => port !== instead);
    if (crossed.length === 0) {
      throw new NetproofError(`no Service of netproof leads to another port than ${instead}`, {
        code: 'NO_SERVICE',
        exit: exitCode.defect,
      });
    }
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    return insertAtPods(
      nodes,
      pods.flatMap((pod) =>
        ['tcp', 'udp'].map((protocol) => {
          const match = ['-p', protocol, '-m', 'multiport', '--dports', crossed.join()];
          const spec = [...match, '-j', 'REDIRECT', '--to-ports', `${instead}`];
          return { pod, table: 'nat' as const, chain: 'PREROUTING', spec };
        }),
      ),
    );
  },
});
