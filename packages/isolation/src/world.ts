import { type Endpoint, type IsolationState, type Labels, namedPortsOf, policyPods } from '@netproof/core';
import type { NetworkPolicy, World } from '@netproof/policy';

/** A step's state, its policies as the oracle reads them. */
export interface PolicyState extends IsolationState {
  readonly policies: readonly NetworkPolicy[];
}

/** The name that the oracle has for an endpoint: of a pod its real one, `netproof-x/a`; who is outside keeps its own. */
export const oracleId = ({ id, kind }: Pick<Endpoint, 'id' | 'kind'>): string =>
  kind === 'outside' ? id : `netproof-${id}`;

/** The probes' pods and namespaces as they are in a state, and who is outside of the cluster. */
export function worldOf(
  endpoints: readonly Endpoint[],
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
    addresses: endpoints.flatMap(({ id, ip, kind }) => (kind === 'outside' ? [{ id, ip }] : [])),
    pods: policyPods(endpoints).map(({ id, ip, labels, node }) => {
      const [namespace = '', name = ''] = `netproof-${id}`.split('/');
      const own = { ...labels, ...podLabels[id] };
      return { namespace, name, ip, node, labels: own, ports: namedPortsOf(name) };
    }),
  };
}
