import { type AppliedFault, fault, feature, newPods, nodes, runAll } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { leftFaults, nowhere } from './marks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/*
 * The address stays on a bridge without ports in the node's own network, where the node's agent answers at it. A rule without
 * a target counts what comes there; not in filter, where a CNI may accept before it.
 */
export default fault({
  id: 'address-kept',
  story:
    'A node keeps the address of a pod that is gone and answers there, as where the deletion of its network has failed and nobody tries again.',
  needs: [feature('PodNetwork'), feature('pods/routes'), feature(newPods), nodes(2)],
  actsOn: newPods,
  async apply({ lifecycle, nodes }) {
    const { name } = pairOfNodes(nodes).from;
    const ip = (...argv: string[]) => nodes.run(name, ['ip', ...argv]);
    // Of several each counts, and takes out, all rules of the node.
    let last: AppliedFault | undefined;
    const { stop } = lifecycle.on('gone', async (pod) => {
      if (pod.node !== name) return;
      const spec = ['-d', pod.ip];
      last = await insertRules(nodes, [{ node: name, table: 'mangle', chain: 'INPUT', spec }]);
      // It may have been given twice meanwhile.
      await ip('address', 'replace', `${pod.ip}/32`, 'dev', nowhere);
    });
    const revert = async () => {
      stop();
      // Its addresses go with it.
      if ((await ip('-brief', 'link')).stdout.includes(nowhere)) await ip('link', 'delete', nowhere);
      await last?.revert();
      await leftFaults(nodes, [name]);
    };
    try {
      await runAll(nodes, name, [
        ['ip', 'link', 'add', nowhere, 'type', 'bridge'],
        ['ip', 'link', 'set', nowhere, 'up'],
      ]);
    } catch (error) {
      await revert();
      throw error;
    }
    return { effect: async () => (await last?.effect()) ?? 0, revert };
  },
});
