import { fault, feature } from '@netproof/core';
import { podsOn } from './probe-pods.ts';
import { pingBetween } from './round-trip.ts';
import { shape } from './shaper.ts';

/*
 * On the nodes' side of the pods' veth pairs. A kind node's eth0 is one as well, and not a pod's.
 */
const podDevices = "ip -o link show type veth | sed -n 's/^[0-9]*: \\([^@:]*\\).*/\\1/p' | grep -vx eth0";

export default fault({
  id: 'shaped-on-node',
  story:
    'Requests of pods to pods on their own node wait in a queue before the pod, as a rate limit makes them that is set too low.',
  needs: [feature('PodNetwork')],
  apply: ({ cluster: { podSubnet }, nodes, probes: { endpoints } }) =>
    shape(
      nodes,
      nodes.list.map(({ name }) => ({
        node: name,
        devices: podDevices,
        // To whom it goes the device says.
        sources: podsOn(endpoints, name),
        destination: podSubnet,
      })),
      pingBetween(nodes, endpoints, 'same-node'),
    ),
});
