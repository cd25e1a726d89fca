import { fault, feature, nodes, runAll } from '@netproof/core';
import { leftFaults, nowhere } from './marks.ts';
import { pairOfNodes } from './pair-of-nodes.ts';
import { podsOn } from './probe-pods.ts';

/*
 * The device is a bridge without ports: what is sent to it goes nowhere, and it counts what it was sent.
 * The true route is not deleted but hidden by routes to nowhere, one for each pod: without any route of its own the
 * traffic would follow the node's default route and leave the cluster, and the CNI may renew its own.
 */
export default fault({
  id: 'route-missing-one-way',
  story:
    'A node does not know the way to the pods of another, as when a route controller has not seen a node.',
  needs: [feature('PodNetwork'), feature('pods/routes'), nodes(2)],
  async apply({ nodes, probes }) {
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
      await runAll(nodes, from.name, [
        ['ip', 'link', 'add', nowhere, 'type', 'bridge'],
        ['ip', 'link', 'set', nowhere, 'addrgenmode', 'none', 'arp', 'off', 'up'],
        ...podsOn(probes.endpoints, to.name).map((pod) => ['ip', 'route', 'add', pod, 'dev', nowhere]),
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
      revert,
    };
  },
});
