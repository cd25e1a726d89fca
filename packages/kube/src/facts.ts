import type { NodeFacts, ServiceFacts } from '@netproof/core';
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
    ports: (spec?.ports ?? []).map(({ name = '', port, nodePort }) => ({
      name,
      port,
      ...(nodePort === undefined ? {} : { nodePort }),
    })),
    backends: backendsOf(slices),
  };
}
