import { type Endpoint, type IsolationState, type Labels, namedPortsOf } from '@netproof/core';
import type { NetworkPolicy, World } from '@netproof/policy';

/** A step's state, its policies as the oracle reads them. */
export interface PolicyState extends IsolationState {
  readonly policies: readonly NetworkPolicy[];
}

/** The name that the oracle has for an endpoint, which is its pod's real one: `netproof-x/a`. */
export const oracleId = ({ id }: Pick<Endpoint, 'id'>): string => `netproof-${id}`;

/** The probes' pods and namespaces as they are in a state. */
export function worldOf(
  pods: readonly Endpoint[],
  namespaces: Readonly<Record<string, Labels>>,
  state: PolicyState,
): World {
  const { policies, podLabels = {}, namespaceLabels = {} } = state;
  return {
    policies,
    namespaces: Object.entries(namespaces).map(([name, labels]) => ({
      name,
      labels: { ...labels, ...namespaceLabels[name] },
    })),
    pods: pods.map(({ id, ip, labels, node }) => {
      const [namespace = '', name = ''] = `netproof-${id}`.split('/');
      const own = { ...labels, ...podLabels[id] };
      return { namespace, name, ip, node, labels: own, ports: namedPortsOf(name) };
    }),
  };
}
