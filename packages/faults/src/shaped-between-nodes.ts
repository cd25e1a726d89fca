import { fault, feature, nodes } from '@netproof/core';
import { pingBetween } from './round-trip.ts';
import { shape } from './shaper.ts';
import { devicesToPeers } from './way-to-peers.ts';

export default fault({
  id: 'shaped-between-nodes',
  story:
    'Requests of pods to pods on other nodes wait in a queue of their node, as a rate limit makes them that is set too low.',
  needs: [feature('PodNetwork'), nodes(2)],
  async apply({ cluster: { podSubnet }, nodes, probes }) {
    const places = nodes.list.map(async ({ name }) => {
      const devices = await devicesToPeers(nodes, probes.endpoints, name);
      return {
        node: name,
        devices: `echo ${devices.join(' ')}`,
        sources: [podSubnet],
        destination: podSubnet,
      };
    });
    const ping = pingBetween(nodes, probes.endpoints, 'other-node');
    return shape(nodes, await Promise.all(places), ping);
  },
});
