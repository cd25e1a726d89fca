import { exitCode, fault, feature, NetproofError, nodes, runAll } from '@netproof/core';
import { insertRules } from './iptables.ts';
import { looks } from './looks.ts';
import { leftFaults, nowhere } from './marks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/*
 * The second owner of the address is a bridge without ports in the other node's own network: what that node and
 * its pods send to the address ends there. It counts nothing of that, so a rule without a target does; not in filter,
 * where a CNI may accept before it.
 */
export default fault({
  id: 'duplicated-address',
  story:
    'A node takes the address of a pod on another node for its own, as after IPAM has lost its state and handed it out twice.',
  needs: [feature('PodNetwork'), feature('pods/routes'), nodes(2)],
  async apply({ nodes, probes }) {
    const { from, to } = pairOfNodes(nodes);
    // The last one: the first of each node are clients of Services. It is a backend of those of its namespace.
    const owner = probes.endpoints.findLast(({ kind, node }) => kind === 'pod' && node === to.name);
    if (owner === undefined) {
      throw new NetproofError(`no probe pod is on ${to.name}`, { code: 'NO_POD', exit: exitCode.defect });
    }
    const ip = (...argv: string[]) => nodes.run(from.name, ['ip', ...argv]);
    const counted = await insertRules(nodes, [
      { node: from.name, table: 'mangle', chain: 'INPUT', spec: ['-d', owner.ip] },
    ]);
    const isThere = async () => (await ip('-brief', 'link')).stdout.includes(nowhere);
    const revert = async () => {
      // Its address goes with it.
      if (await isThere()) await ip('link', 'delete', nowhere);
      await counted.revert();
      await leftFaults(nodes, [from.name]);
    };
    try {
      await runAll(nodes, from.name, [
        ['ip', 'link', 'add', nowhere, 'type', 'bridge'],
        ['ip', 'address', 'add', `${owner.ip}/32`, 'dev', nowhere],
        ['ip', 'link', 'set', nowhere, 'up'],
      ]);
    } catch (error) {
      await revert();
      throw error;
    }
    return { effect: counted.effect, found: looks(isThere), revert };
  },
});
