import { type AppliedFault, type Nodes, runAll } from '@netproof/core';
import { looks } from './looks.ts';
import { leftFaults, nowhere } from './marks.ts';

/**
 * Routes of a node that hide the true one to some addresses. The device is a bridge without ports: what is sent to it
 * goes nowhere, and it counts what it was sent.
 */
export async function leadNowhere(
  nodes: Nodes,
  node: string,
  addresses: readonly string[],
): Promise<AppliedFault> {
  const ip = (...argv: string[]) => nodes.run(node, ['ip', ...argv]);
  const isThere = async () => (await ip('-br', 'link')).stdout.includes(nowhere);
  const revert = async () => {
    // Its routes go with it.
    if (await isThere()) await ip('link', 'delete', nowhere);
    await leftFaults(nodes, [node]);
  };
  try {
    // Without neighbours to ask for, and without IPv6 of its own to be counted.
    await runAll(nodes, node, [
      ['ip', 'link', 'add', nowhere, 'type', 'bridge'],
      ['ip', 'link', 'set', nowhere, 'addrgenmode', 'none', 'arp', 'off', 'up'],
      ...addresses.map((address) => ['ip', 'route', 'add', address, 'dev', nowhere]),
    ]);
  } catch (error) {
    await revert();
    throw error;
  }
  return {
    async effect() {
      const { stdout } = await ip('-json', '-stats', 'link', 'show', nowhere);
      const [link] = JSON.parse(stdout) as { stats64: { tx: { packets: number } } }[];
      return link?.stats64.tx.packets ?? 0;
    },
    found: looks(isThere),
    revert,
  };
}
