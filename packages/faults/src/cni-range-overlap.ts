import { rangeFileOf, readConfigurations } from '@netproof/cni';
import { exitCode, fault, feature, NetproofError, newPods, nodes } from '@netproof/core';
import { coverFile } from './covered-file.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/* Pods that run have their addresses; the next one would get another's. */
export default fault({
  id: 'cni-range-overlap',
  story:
    'A node gives its pods addresses from the range of another node, as one that was made from a copy of its disk.',
  needs: [feature('pods/host-local'), nodes(2)],
  withholds: [newPods],
  async apply({ nodes }) {
    const { from, to } = pairOfNodes(nodes);
    const [own, other] = (await readConfigurations({ ...nodes, list: [from, to] })).map(rangeFileOf);
    if (own && other) return coverFile(nodes, from.name, own.path, other.text);
    throw new NetproofError(`host-local has no ranges on ${from.name} or ${to.name}`, {
      code: 'NO_RANGES',
      exit: exitCode.defect,
    });
  },
});
