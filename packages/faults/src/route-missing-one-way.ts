import { fault, feature, nodes } from '@netproof/core';
import { leftFaults, nowhere } from './marks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/*
 * The device is a bridge without ports: what is sent to it goes nowhere, and it counts what it was sent.
 * The true route is not deleted but hidden by routes to nowhere: without any route of its own the traffic would
 * follow the node's default route and leave the cluster. They are for the two halves of the network. One for
 * all of it would stand beside the true one, and `ip route replace`, with which a CNI may renew that, would fail.
 */
export default fault({
  id: 'route-missing-one-way',
  story:
    'A node does not know the way to the pods of another, as when a route controller has not seen a node.',
  needs: [feature('PodNetwork'), feature('NodePodCIDR'), nodes(2)],
  async apply({ nodes }) {
    const { from, to } = pairOfNodes(nodes);
    const ip = (...argv: string[]) => nodes.run(from.name, ['ip', ...argv]);
    const links = async () => (await ip('-br', 'link')).stdout;
    const revert = async () => {
      // Its routes go with it.
      if ((await links()).includes(nowhere)) await ip('link', 'delete', nowhere);
      await leftFaults(nodes, [from.name]);
    };
    try {
      // Without neighbours to ask for, and without IPv6 of its own to be counted.
      await ip('link', 'add', nowhere, 'type', 'bridge');
      await ip('link', 'set', nowhere, 'addrgenmode', 'none', 'arp', 'off', 'up');
      for (const half of halves(to.podCIDR)) await ip('route', 'add', half, 'dev', nowhere);
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
      revert,
    };
  },
});

/** The two halves of an IPv4 network in CIDR notation, whose routes come before any route to the whole. */
export function halves(cidr: string): readonly [string, string] {
  const [address = '', length = ''] = cidr.split('/');
  const longer = Number(length) + 1;
  const second = address.split('.').reduce((all, byte) => all * 256 + Number(byte), 0) + 2 ** (32 - longer);
  const bytes = [24, 16, 8, 0].map((shift) => (second >>> shift) & 255);
  return [`${address}/${longer}`, `${bytes.join('.')}/${longer}`];
}
