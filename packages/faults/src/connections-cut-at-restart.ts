import { type AppliedFault, cniAgents, fault, feature, netnsOf, newPods, nodes } from '@netproof/core';
import { insertAtPods } from './at-pods.ts';
import { insertRules } from './iptables.ts';

/** On the connections that there are when agents are restarted. */
const connectionMark = '64017';

/*
 * Connections are marked as they are opened until the agents are restarted, and those that have the mark are reset from
 * then on. In the pods, where packets pass iptables on every CNI; new connections are left alone.
 */
export default fault({
  id: 'connections-cut-at-restart',
  story:
    'Connections between pods that are open when the agents of the CNI restart are reset, as where an agent empties the table of connections at its start.',
  needs: [feature('PodNetwork'), feature(cniAgents), feature(newPods), nodes(2)],
  async apply({ cni, nodes, probes }) {
    const pods = probes.endpoints.filter(({ kind }) => kind === 'pod');
    const netns = await netnsOf(nodes, pods);
    const opened = ['-p', 'tcp', '--syn', '-j', 'CONNMARK', '--set-mark', connectionMark];
    const known = ['-p', 'tcp', '-m', 'connmark', '--mark', connectionMark];
    // Not by way of the pods: taken out there, the marks would be forgotten with the connections.
    const marking = await insertRules(
      nodes,
      pods.map((pod) => ({
        node: pod.node,
        netns: netns(pod),
        table: 'mangle',
        chain: 'INPUT',
        spec: opened,
      })),
    );
    let cut: AppliedFault | undefined;
    const { stop } = cni.onRestart(async () => {
      await marking.revert();
      const spec = [...known, '-j', 'REJECT', '--reject-with', 'tcp-reset'];
      cut = await insertAtPods(
        nodes,
        pods.map((pod) => ({ pod, table: 'filter', chain: 'INPUT', spec })),
      );
    });
    return {
      effect: async () => (await cut?.effect()) ?? 0,
      async revert() {
        stop();
        await (cut ?? marking).revert();
      },
    };
  },
});
