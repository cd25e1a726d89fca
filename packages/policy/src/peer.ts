import { describeBlock, inBlock } from './cidr.ts';
import type { Peer } from './network-policy.ts';
import { describeSelector, selects } from './selector.ts';
import { isPod, type LabelsOf, type PolicyEndpoint } from './world.ts';

/** `open`: the API does not say. */
export type Match = 'yes' | 'no' | 'open';

/** Where a peer stands: in a policy of this namespace, for traffic whose address may have been rewritten. */
export interface PeerContext {
  readonly namespace: string;
  readonly namespaces: LabelsOf;
  readonly rewritten: boolean;
}

/**
 * Whether a peer means an endpoint (API reference, NetworkPolicyPeer).
 *
 * - Selectors mean pods and nothing else. With both, the pod and its namespace must be selected; without
 *   namespaceSelector, pods of the policy's own namespace; without podSelector, all pods of the namespaces.
 * - An ipBlock means addresses, a pod's too. Of an address that a Service rewrites it is not defined whether the
 *   block is held against the one before or the one after, or whether it is held against any
 *   (https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors).
 */
export function matchPeer(peer: Peer, endpoint: PolicyEndpoint, context: PeerContext): Match {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (ipBlock) {
    if (context.rewritten) return 'open';
    return inBlock(endpoint.ip, ipBlock) ? 'yes' : 'no';
  }
  if (!isPod(endpoint)) return 'no';
  const inNamespace = namespaceSelector
    ? selects(namespaceSelector, context.namespaces.get(endpoint.namespace) ?? {})
    : endpoint.namespace === context.namespace;
  return inNamespace && selects(podSelector ?? {}, endpoint.labels) ? 'yes' : 'no';
}

export function describePeer({ podSelector, namespaceSelector, ipBlock }: Peer): string {
  if (ipBlock) return `ipBlock ${describeBlock(ipBlock)}`;
  const namespaces = namespaceSelector ? [`namespaceSelector ${describeSelector(namespaceSelector)}`] : [];
  const pods = podSelector ? [`podSelector ${describeSelector(podSelector)}`] : [];
  return [...namespaces, ...pods].join(' and ');
}
