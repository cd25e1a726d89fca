import type { PolicyPort, PolicyProtocol } from './network-policy.ts';
import { idOf, isPod, type PolicyEndpoint } from './world.ts';

/** The port on which the destination's own server is asked: a pod's, not that of a Service before it. */
export interface ServedPort {
  readonly protocol: PolicyProtocol;
  readonly port: number;
}

/**
 * Whether a port of a rule means the port of some traffic (API reference, NetworkPolicyPort).
 *
 * - Without `protocol` it is TCP; without `port` it is every port of that protocol.
 * - A name is a port of the pod that is connected to, in both directions; the pod's port must have the rule's
 *   protocol too. What is no pod has no named ports.
 * - With `endPort` it is a range, both ends included
 *   (https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/2079-network-policy-port-range).
 */
export function matchPort(rule: PolicyPort, traffic: ServedPort, destination: PolicyEndpoint): boolean {
  if (protocolOf(rule) !== traffic.protocol) return false;
  const { port, endPort } = rule;
  if (typeof port === 'string') return numberOf(rule, destination) === traffic.port;
  return isUnset(port) || (port <= traffic.port && traffic.port <= (endPort ?? port));
}

/** `TCP 80`, `UDP 80–90`, `TCP any port`, `TCP http (8080 on y/b)`. */
export function describePort(rule: PolicyPort, destination: PolicyEndpoint): string {
  const { port, endPort } = rule;
  const protocol = protocolOf(rule);
  if (isUnset(port)) return `${protocol} any port`;
  if (typeof port === 'number') return `${protocol} ${port}${isUnset(endPort) ? '' : `–${endPort}`}`;
  const number = numberOf(rule, destination);
  return `${protocol} ${port} (${number ?? `no ${protocol} port of that name`} on ${idOf(destination)})`;
}

export function protocolOf({ protocol }: PolicyPort): PolicyProtocol {
  return protocol ?? 'TCP';
}

function numberOf(rule: PolicyPort, destination: PolicyEndpoint): number | undefined {
  const named = isPod(destination) ? (destination.ports ?? []) : [];
  return named.find(({ name, protocol }) => name === rule.port && protocol === protocolOf(rule))?.port;
}

function isUnset(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
