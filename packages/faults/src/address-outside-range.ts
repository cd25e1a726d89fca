import { configurationFolder, networkOf, readConfigurations } from '@netproof/cni';
import { cniAgents, exitCode, fault, feature, NetproofError, newPods, nodes } from '@netproof/core';
import { coverFile, readAgain } from './covered-file.ts';
import { coverFolder } from './marks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/** Nobody has an address of these: they are for documentation (RFC 5737). */
const outside = '192.0.2';

/*
 * Wired by ptp, which every node of kind has and which needs nothing of the CNI: the bridge of bridge or Flannel has a
 * gateway already, and Cilium gives no address that is not its own. The pod is heard by its node, and so gets Ready.
 */
export default fault({
  id: 'address-outside-range',
  story:
    'A node gives its new pods addresses that are not in its podCIDR, as after a configuration of another cluster was copied to it.',
  needs: [feature('NodePodCIDR'), feature(newPods), nodes(2)],
  // Agents that start meanwhile would see what lies over the file, and could not put it right.
  withholds: [cniAgents],
  async apply({ lifecycle, nodes }) {
    const { from } = pairOfNodes(nodes);
    const [found] = await readConfigurations({ ...nodes, list: [from] });
    const network = found && networkOf(found);
    if (found === undefined || network === undefined || typeof network === 'string') {
      throw new NetproofError(`${from.name}: ${network ?? 'no network configuration'}`, {
        code: 'NO_CONFIGURATION',
        exit: exitCode.defect,
      });
    }
    const text = JSON.stringify({ ...network, plugins: [ptp] });
    const path = `${configurationFolder}/${found.file}`;
    const cover = await coverFile(nodes, from.name, path, text, readAgain);
    let given = 0;
    const { stop } = lifecycle.on('ready', async ({ ip }) => {
      if (ip.startsWith(`${outside}.`)) given += 1;
    });
    return {
      effect: async () => given,
      found: cover.effect,
      async revert() {
        stop();
        await cover.revert();
      },
    };
  },
});

const ptp = {
  type: 'ptp',
  ipam: {
    type: 'host-local',
    // It goes with the fault.
    dataDir: `${coverFolder}/addresses`,
    ranges: [[{ subnet: `${outside}.0/24` }]],
    routes: [{ dst: '0.0.0.0/0' }],
  },
};
