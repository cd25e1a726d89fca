import type { NodeFacts, ServiceFacts, Transport } from '@netproof/core';
import { endpointId } from './names.ts';
import type { EndpointSlice, Node, Service } from './objects.ts';
import { backendsOf } from './ready.ts';

export function nodeFacts({ metadata, spec, status }: Node): NodeFacts {
  return {
    name: metadata?.name ?? '',
    ip: status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
    podCIDR: spec?.podCIDR ?? '',
    controlPlane: metadata?.labels?.['node-role.kubernetes.io/control-plane'] !== undefined,
  };
}

export function serviceFacts(service: Service, slices: readonly EndpointSlice[]): ServiceFacts {
  const { metadata, spec } = service;
  return {
    id: endpointId(metadata?.namespace ?? '', metadata?.name ?? ''),
    clusterIP: spec?.clusterIP ?? '',
    ports: (spec?.ports ?? []).flatMap(({ name = '', protocol = 'TCP', port, nodePort, targetPort }) => {
      const known = {
        ...(nodePort !== undefined && { nodePort }),
        ...(typeof targetPort === 'number' && { targetPort }),
      };
      return isProtocol(protocol) ? [{ name, protocol, port, ...known }] : [];
    }),
    backends: backendsOf(slices),
  };
}

/** No probe speaks SCTP. */
function isProtocol(protocol: string): protocol is Transport {
  return protocol === 'TCP' || protocol === 'UDP';
}
