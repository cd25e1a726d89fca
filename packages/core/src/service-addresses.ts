import type { Port, Target } from './endpoint.ts';
import type { NodeFacts, ServiceFacts } from './ports.ts';

/** Its ClusterIP with each of its ports. */
export function clusterPorts({
  id,
  clusterIP,
  ports,
  backends,
}: ServiceFacts): readonly { readonly target: Target; readonly port: Port }[] {
  const target = { label: `Service ${id}`, address: clusterIP, servers: backends };
  return ports.map(({ protocol, port, targetPort }) => ({
    target: { ...target, ...leadingTo(targetPort) },
    port: { protocol, port },
  }));
}

/** Every address at which a Service of type NodePort is to be had: each of its node ports at each node. */
export function nodePorts(
  { id, ports, backends }: ServiceFacts,
  nodes: readonly NodeFacts[],
): readonly { readonly target: Target; readonly port: Port }[] {
  return nodes.flatMap(({ name, ip }) => {
    const target = { label: `NodePort of ${id} at ${name}`, address: ip, servers: backends };
    return ports.flatMap(({ protocol, nodePort, targetPort }) =>
      nodePort === undefined
        ? []
        : [{ target: { ...target, ...leadingTo(targetPort) }, port: { protocol, port: nodePort } }],
    );
  });
}

const leadingTo = (serverPort: number | undefined) => (serverPort === undefined ? {} : { serverPort });
