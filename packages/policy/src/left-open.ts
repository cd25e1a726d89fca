import { idOf, isPod, type PolicyEndpoint } from './world.ts';

/**
 * How traffic comes to its destination where not directly: by an address that is rewritten on the way. A ClusterIP
 * rewrites the destination of what a pod sends; a NodePort may rewrite the source as well, and on another node.
 */
export type Via = 'ClusterIP' | 'NodePort';

const page = 'https://kubernetes.io/docs/concepts/services-networking/network-policies';

/**
 * Why the API leaves open what policies do to this traffic, if it does. Where no policy isolates an end, there is
 * nothing to leave open.
 *
 * - A pod to itself: "a pod cannot block access to itself", which plugins read differently
 *   (https://github.com/kubernetes/kubernetes/issues/95879).
 * - A pod of the host network: #networkpolicy-and-hostnetwork-pods calls it undefined.
 * - A node and its own pods: always allowed to the concept page, in the ingress direction only to the API
 *   reference, and plugins have options for it.
 * - A NodePort, and a ClusterIP for a client that is no pod: #behavior-of-to-and-from-selectors. The source may be
 *   rewritten, and to the address of the pod's own node.
 */
export function leftOpen(from: PolicyEndpoint, to: PolicyEndpoint, via?: Via): string | undefined {
  if (idOf(from) === idOf(to)) return `${idOf(from)} to itself, which plugins read differently (${page}/)`;
  const onHost = [from, to].find((end) => isPod(end) && end.hostNetwork);
  if (onHost)
    return `${idOf(onHost)} is in its node's network, where policies are undefined (${page}/#networkpolicy-and-hostnetwork-pods)`;
  if (isNodeOf(from, to) || isNodeOf(to, from))
    return `${idOf(from)} to ${idOf(to)} is a node and its own pod, which plugins read differently (${page}/)`;
  if (via === 'NodePort' || (via === 'ClusterIP' && !isPod(from)))
    return `a ${via} may rewrite the address of ${idOf(from)}, before policies or after (${page}/#behavior-of-to-and-from-selectors)`;
  return undefined;
}

function isNodeOf(one: PolicyEndpoint, other: PolicyEndpoint): boolean {
  // Core's endpoints outside the cluster have an empty node.
  return !isPod(one) && isPod(other) && Boolean(one.node) && one.node === other.node;
}
