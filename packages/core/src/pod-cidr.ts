import { BlockList, isIP } from 'node:net';
import type { Endpoint } from './endpoint.ts';
import type { NodeFacts } from './ports.ts';

/**
 * The pods whose address is not inside `spec.podCIDR` of their node, each in words. A node without one, and an
 * address that is none, count as outside.
 */
export function outsidePodCIDR(pods: readonly Endpoint[], nodes: readonly NodeFacts[]): readonly string[] {
  const ofNodes = new Map(nodes.map(({ name, podCIDR }) => [name, podCIDR]));
  return pods.flatMap(({ id, ip, node }) => {
    const podCIDR = ofNodes.get(node) ?? '';
    return inside(podCIDR, ip)
      ? []
      : [`${id} has ${ip || 'no address'}, ${node} has ${podCIDR || 'no podCIDR'}`];
  });
}

function inside(cidr: string, ip: string): boolean {
  const [network = '', length = ''] = cidr.split('/');
  const family = isIP(ip) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(ip) === 0 || isIP(network) !== isIP(ip)) return false;
  const block = new BlockList();
  block.addSubnet(network, Number(length), family);
  return block.check(ip, family);
}
