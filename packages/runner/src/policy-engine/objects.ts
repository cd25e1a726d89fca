import type { Endpoint, IsolationState, Labels, Port } from '@netproof/core';

/** NetworkPolicy (networking.k8s.io/v1), as far as an engine reads it. */
export interface Policy {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly { readonly from?: readonly Peer[]; readonly ports?: readonly PolicyPort[] }[];
    readonly egress?: readonly { readonly to?: readonly Peer[]; readonly ports?: readonly PolicyPort[] }[];
  };
}

export interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface PolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

/** A rule of either direction; without peers it is of all, without ports of all. */
export interface Rule {
  readonly peers: readonly Peer[];
  readonly ports: readonly PolicyPort[];
}

export interface State extends IsolationState {
  readonly policies: readonly (Policy & IsolationState['policies'][number])[];
}

export interface Pod extends Endpoint {
  readonly namespace: string;
  readonly ports: readonly (Port & { readonly name: string })[];
}

/** What is asked: one pod another one, by its address or through its Service. */
export interface Ask {
  readonly from: Pod;
  readonly to: Pod;
  readonly port: Port;
  readonly byService: boolean;
}
