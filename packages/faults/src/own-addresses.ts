import type { Nodes } from '@netproof/core';

/** Every IPv4 address that a node has in its own network, but those of its loopback. */
export async function ownAddresses(nodes: Nodes, node: string): Promise<readonly string[]> {
  const { stdout } = await nodes.run(node, ['ip', '-4', '-oneline', 'address']);
  const found = [...stdout.matchAll(/ inet ([\d.]+)/g)].map(([, address = '']) => address);
  return [...new Set(found)].filter((address) => !address.startsWith('127.'));
}
