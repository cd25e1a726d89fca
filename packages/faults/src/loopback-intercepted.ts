import { exitCode, fault, feature, NetproofError } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { netnsOf, within } from './netns.ts';

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
    const netns = await netnsOf(nodes, pod);
    const { effect, revert } = await insertRules(
      nodes,
      ['tcp', 'udp'].map((protocol) => {
        const match = ['-o', 'lo', '-d', '127.0.0.1', '-p', protocol, '--dport', '8090'];
        const spec = [...match, '-j', 'REDIRECT', '--to-ports', '8080'];
        return { node: pod.node, netns, table: 'nat' as const, chain: 'OUTPUT', spec };
      }),
    );
    return {
      effect,
      async revert() {
        await revert();
        // What it did to a connection would outlive it there.
        await nodes.run(pod.node, within(netns, ['conntrack', '-F']));
      },
    };
  },
});
