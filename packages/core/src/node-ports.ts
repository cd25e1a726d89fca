import type { Port, Target } from './endpoint.ts';
import type { NodeFacts, ServiceFacts } from './ports.ts';

/** Every address at which a Service of type NodePort is to be had: each of its node ports at each node. */
export function nodePorts(
  { id, ports, backends }: ServiceFacts,
  nodes: readonly NodeFacts[],
): readonly { readonly target: Target; readonly port: Port }[] {
  return nodes.flatMap(({ name, ip }) => {
    const target = { label: `NodePort of ${id} at ${name}`, address: ip, servers: backends };
    return ports.flatMap(({ protocol, nodePort }) =>
      nodePort === undefined ? [] : [{ target, port: { protocol, port: nodePort } }],
    );
  });
}
