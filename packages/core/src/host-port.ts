import type { Endpoint, Target } from './endpoint.ts';
import type { NodeFacts } from './ports.ts';

/** At each node's address, TCP and UDP: it leads to {@link behindHostPort} of the one probe pod there that has the label. */
export const hostPort = 18_080;

/**
 * None of the ports that other checks ask of a pod. Who speaks to a hostPort and a moment later, from the same source
 * port, to the pod behind it may get no answer (cilium/cilium#47396): with one port for all, checks lost connections by
 * what another had asked before. One check does so on purpose.
 */
export const behindHostPort = 8085;

export const hostPortLabel = 'netproof.dev/host-port';

/** The hostPort of every pod that has one, at its node's address. */
export function hostPorts(
  endpoints: readonly Endpoint[],
  nodes: readonly NodeFacts[],
): readonly (Target & { readonly endpoint: Endpoint })[] {
  const pods = endpoints.filter(({ kind, labels }) => kind === 'pod' && labels[hostPortLabel]);
  return pods.flatMap((endpoint) => {
    const node = nodes.find(({ name }) => name === endpoint.node);
    const label = `hostPort of ${endpoint.id}`;
    const target = { label, servers: [endpoint.id], serverPort: behindHostPort, endpoint };
    return node ? [{ ...target, address: node.ip }] : [];
  });
}
