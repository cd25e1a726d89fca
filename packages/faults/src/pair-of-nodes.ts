import { exitCode, NetproofError, type NodeFacts, type Nodes } from '@netproof/core';

/** Two nodes for a fault that is between two of them in one direction: workers where there are two. */
export function pairOfNodes({ list }: Nodes): { readonly from: NodeFacts; readonly to: NodeFacts } {
  const [from, to] = list.toSorted((a, b) => Number(a.controlPlane) - Number(b.controlPlane));
  if (from && to) return { from, to };
  throw new NetproofError(`a fault between two nodes needs two, there are ${list.length}`, {
    code: 'TOO_FEW_NODES',
    exit: exitCode.defect,
  });
}
