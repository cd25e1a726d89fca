import type { NetworkPolicy, PolicyProtocol } from './network-policy.ts';

/** A port of a container that has a name, which is how policies refer to it. */
export interface NamedPort {
  readonly name: string;
  readonly protocol: PolicyProtocol;
  readonly port: number;
}

export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The address that the traffic uses. A pod of two families is asked about in one world for each. */
  readonly ip: string;
  readonly node: string;
  readonly hostNetwork?: boolean;
  /** Of all its containers. */
  readonly ports?: readonly NamedPort[];
}

export interface Namespace {
  readonly name: string;
  /** `kubernetes.io/metadata.name` may be left out; every namespace has it. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * An end of traffic that is no pod: outside the cluster, or a node's own address. An agent in a pod of the host
 * network is that pod, not its node: what the API leaves open for such pods is open for it.
 */
export interface Address {
  readonly id: string;
  /** As the pod's side sees it: a node may send from the address of its tunnel. */
  readonly ip: string;
  /** The node whose own address it is. */
  readonly node?: string;
}

/** All that the verdicts rest on, at one moment. */
export interface World {
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
  readonly policies: readonly NetworkPolicy[];
  readonly addresses?: readonly Address[];
}

export type PolicyEndpoint = Pod | Address;

export function isPod(endpoint: PolicyEndpoint): endpoint is Pod {
  return 'namespace' in endpoint;
}

/** `x/a` for a pod, as core's endpoints of pods are called; an address has its own. */
export function idOf(endpoint: PolicyEndpoint): string {
  return isPod(endpoint) ? `${endpoint.namespace}/${endpoint.name}` : endpoint.id;
}

/** The label that the API server sets on every namespace, with its name. */
export const nameLabel = 'kubernetes.io/metadata.name';

export type LabelsOf = ReadonlyMap<string, Readonly<Record<string, string>>>;

export function namespaceLabels(namespaces: readonly Namespace[]): LabelsOf {
  return new Map(namespaces.map(({ name, labels }) => [name, { ...labels, [nameLabel]: name }]));
}
