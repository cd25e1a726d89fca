import {
  type AppliedFault,
  type Endpoint,
  exitCode,
  NetproofError,
  type Nodes,
  netnsOf,
  runAll,
  within,
} from '@netproof/core';
import { leftFaults, wire } from './marks.ts';

/**
 * Joins two pods of a node by a pair of devices of their own, and leads what each says to the other's address over it:
 * past the node, whatever its CNI is.
 */
export async function joinByWire(nodes: Nodes, one: Endpoint, other: Endpoint): Promise<AppliedFault> {
  const { node } = one;
  const netns = await netnsOf(nodes, [one, other]);
  const [here, there] = [netns(one), netns(other)];
  const revert = async () => {
    const { stdout } = await nodes.run(node, within(here, ['ip', '-brief', 'link']));
    // Its other end goes with it, and so do the routes.
    if (stdout.includes(wire)) await nodes.run(node, within(here, ['ip', 'link', 'delete', wire]));
    await leftFaults(nodes, [node]);
  };
  const end = (name: string, peer: Endpoint) => [
    // Without an IPv6 address, with which the kernel would speak on it by itself and be counted.
    within(name, ['ip', 'link', 'set', wire, 'addrgenmode', 'none', 'up']),
    within(name, ['ip', 'route', 'add', `${peer.ip}/32`, 'dev', wire]),
  ];
  try {
    await runAll(nodes, node, [
      ['ip', 'link', 'add', wire, 'netns', here, 'type', 'veth', 'peer', 'name', wire, 'netns', there],
      ...end(here, other),
      ...end(there, one),
    ]);
  } catch (error) {
    await revert();
    throw error;
  }
  return {
    async effect() {
      const { stdout } = await nodes.run(node, within(here, ['ip', '-json', '-stats', 'link', 'show', wire]));
      return packetsOf(stdout);
    },
    revert,
  };
}

/** What a device has sent and received, in the output of `ip -json -stats link show`. */
function packetsOf(listing: string): number {
  const [link] = JSON.parse(listing) as { stats64: { rx: { packets: number }; tx: { packets: number } } }[];
  if (link) return link.stats64.rx.packets + link.stats64.tx.packets;
  throw new NetproofError('a device of ours counts nothing', { code: 'NO_DEVICE', exit: exitCode.defect });
}
