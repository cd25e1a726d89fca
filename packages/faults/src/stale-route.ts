import { blockOf, endsOf } from '@netproof/cni';
import { exitCode, fault, feature, NetproofError, nodes } from '@netproof/core';
import { looks } from './looks.ts';
import { nowhere } from './marks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';
import { leadNowhere } from './to-nowhere.ts';

/*
 * To the last address of a podCIDR: no IPAM gives that to a pod, so no packet of anybody is lost. Nor is any counted,
 * so the node is asked by which device it would send.
 */
export default fault({
  id: 'stale-route',
  story:
    'A node has kept a route to an address among those of another node’s pods, as of a machine or a pod that had it earlier.',
  needs: [feature('NodePodCIDR'), nodes(2)],
  async apply({ nodes }) {
    const { from, to } = pairOfNodes(nodes);
    const block = blockOf(to.podCIDR);
    if (block === undefined) {
      throw new NetproofError(`${to.name} has no podCIDR`, { code: 'NO_POD_CIDR', exit: exitCode.defect });
    }
    const [, last] = endsOf(block);
    const { revert } = await leadNowhere(nodes, from.name, [last]);
    const inPlace = async () => {
      const { stdout } = await nodes.run(from.name, ['ip', 'route', 'get', last]);
      return stdout.includes(` dev ${nowhere} `);
    };
    return { effect: looks(inPlace), revert };
  },
});
