import { type Endpoint, exitCode, NetproofError, type Nodes, onePodPerNode } from '@netproof/core';

/**
 * The devices by which a node sends to pods of the other nodes, as its routes say: the node's own, or an overlay's
 * (`eth0`, `flannel.1`).
 *
 * @throws NetproofError `NO_POD` when no other node has a pod
 */
export async function devicesToPeers(
  nodes: Nodes,
  endpoints: readonly Endpoint[],
  node: string,
): Promise<readonly string[]> {
  const peers = onePodPerNode(endpoints).filter((pod) => pod.node !== node);
  if (peers.length === 0) {
    throw new NetproofError(`no node but ${node} has a probe pod`, {
      code: 'NO_POD',
      exit: exitCode.defect,
    });
  }
  const devices = peers.map(async ({ ip }) => {
    const { stdout } = await nodes.run(node, ['ip', '-json', 'route', 'get', ip]);
    return (JSON.parse(stdout) as { dev: string }[]).map(({ dev }) => dev);
  });
  return [...new Set((await Promise.all(devices)).flat())];
}
