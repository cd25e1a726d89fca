import { type Endpoint, exitCode, fault, NetproofError } from '@netproof/core';
import { needsPolicy } from './tampered.ts';
import { joinByWire } from './wire.ts';

export default fault({
  id: 'policy-pair-let-through',
  story:
    'Two pods of a node reach each other past the node and its policies, as over a second network interface that nobody asks.',
  needs: needsPolicy,
  async apply({ nodes, probes: { endpoints } }) {
    const [one, other] = pairOf(endpoints);
    return joinByWire(nodes, one, other);
  },
});

/** The first pod of x, and the first of y on its node: of two namespaces, as most policies tell pods apart by these. */
function pairOf(endpoints: readonly Endpoint[]): readonly [Endpoint, Endpoint] {
  const pods = endpoints.filter(({ kind }) => kind === 'pod');
  const ofX = pods.filter(({ id }) => id.startsWith('x/'));
  for (const one of ofX) {
    const other = pods.find(({ id, node }) => id.startsWith('y/') && node === one.node);
    if (other) return [one, other];
  }
  throw new NetproofError('no node has a pod of x and one of y', {
    code: 'TOO_FEW_PODS',
    exit: exitCode.defect,
  });
}
