import { exitCode, fault, feature, NetproofError } from '@netproof/core';
import { insertAtPods } from './at-pods.ts';

export default fault({
  id: 'loopback-intercepted',
  story:
    'What one container of a pod says to another over loopback is answered by a third, as a rule of a sidecar does that forgets to except loopback.',
  needs: [feature('PodNetwork')],
  async apply({ nodes, probes }) {
    const inner = probes.endpoints.find(({ kind }) => kind === 'container');
    const pod = probes.endpoints.find(({ id }) => inner?.id.startsWith(`${id}:`));
    if (pod === undefined) {
      const message = 'no probe pod has a second container';
      throw new NetproofError(message, { code: 'NO_POD', exit: exitCode.defect });
    }
    return insertAtPods(
      nodes,
      ['tcp', 'udp'].map((protocol) => {
        const match = ['-o', 'lo', '-d', '127.0.0.1', '-p', protocol, '--dport', '8090'];
        const spec = [...match, '-j', 'REDIRECT', '--to-ports', '8080'];
        return { pod, table: 'nat' as const, chain: 'OUTPUT', spec };
      }),
    );
  },
});
