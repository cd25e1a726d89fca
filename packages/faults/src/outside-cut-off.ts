import { exitCode, fault, feature, NetproofError, outsideClient } from '@netproof/core';
import { insertAtPods } from './at-pods.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

export default fault({
  id: 'outside-cut-off',
  story:
    'What the pods of one node send to a host outside of the cluster is lost, as where that node does not masquerade and nobody outside knows a way back.',
  needs: [feature('PodsReachOutside'), feature(outsideClient)],
  apply({ nodes, probes: { endpoints } }) {
    const { name } = pairOfNodes(nodes).from;
    const outside = endpoints.filter(({ kind }) => kind === 'outside').map(({ ip }) => ip);
    if (outside.length === 0) {
      throw new NetproofError('nobody is outside of the cluster', {
        code: 'NOBODY_OUTSIDE',
        exit: exitCode.defect,
      });
    }
    const spec = ['-d', outside.join(), '-j', 'DROP'];
    return insertAtPods(
      nodes,
      endpoints
        .filter(({ kind, node }) => kind === 'pod' && node === name)
        .map((pod) => ({ pod, table: 'filter', chain: 'OUTPUT', spec })),
    );
  },
});
