import { configurationFolder, readConfigurations } from '@netproof/cni';
import { exitCode, fault, feature, NetproofError, newPods, nodes } from '@netproof/core';
import { coverFile } from './covered-file.ts';
import { mark } from './marks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/*
 * A runtime that cannot read its configuration calls the node not ready, and its pods are taken out of Services.
 * One that lacks a plugin is found out with the next pod: those that run stay as they are.
 */
export default fault({
  id: 'cni-config-invalid',
  story:
    'The network configuration of a node names a plugin that the node does not have, as after an upgrade that has copied half of its files.',
  needs: [feature('PodNetwork'), nodes(2)],
  withholds: [newPods],
  async apply({ nodes }) {
    const { from } = pairOfNodes(nodes);
    const [found] = await readConfigurations({ ...nodes, list: [from] });
    if (found === undefined || found.file === '') {
      throw new NetproofError(`${from.name} has no network configuration`, {
        code: 'NO_CONFIGURATION',
        exit: exitCode.defect,
      });
    }
    return coverFile(nodes, from.name, `${configurationFolder}/${found.file}`, misnamed(found.text));
  },
});

/** With another type of the last plugin. */
function misnamed(text: string): string {
  const network = JSON.parse(text) as { plugins?: { type: string }[]; type: string };
  const last = network.plugins?.at(-1) ?? network;
  last.type = mark;
  return JSON.stringify(network);
}
