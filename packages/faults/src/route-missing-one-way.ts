import { fault, feature, nodes } from '@netproof/core';
import { leftFaults, nowhere } from './marks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';

/*
 * The device is a bridge without ports: what is sent to it goes nowhere, and it counts what it was sent.
 * The true route is not deleted but hidden by one to nowhere: without any route of its own the traffic would
 * follow the node's default route and leave the cluster.
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
      // Its route goes with it.
      if ((await links()).includes(nowhere)) await ip('link', 'delete', nowhere);
      await leftFaults(nodes, [from.name]);
    };
    try {
      // Without neighbours to ask for, and without IPv6 of its own to be counted.
      await ip('link', 'add', nowhere, 'type', 'bridge');
      await ip('link', 'set', nowhere, 'addrgenmode', 'none', 'arp', 'off', 'up');
      await ip('route', 'prepend', to.podCIDR, 'dev', nowhere);
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
