import type {
  CoreV1Event,
  V1CustomResourceDefinition,
  V1DaemonSet,
  V1Deployment,
  V1EndpointSlice,
  V1Node,
  V1Pod,
  V1Service,
} from '@kubernetes/client-node';

/** What JSON makes of a client-node model: its dates are strings. */
export type Plain<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;

export type Pod = Plain<V1Pod>;
export type Event = Plain<CoreV1Event>;
export type Node = Plain<V1Node>;
export type Service = Plain<V1Service>;
export type EndpointSlice = Plain<V1EndpointSlice>;
export type DaemonSet = Plain<V1DaemonSet>;
export type Deployment = Plain<V1Deployment>;
export type CustomResourceDefinition = Plain<V1CustomResourceDefinition>;

/** An object as its manifest gives it: the fields that every kind has, and the rest unread. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Some objects of one kind: in one namespace or in all, by labels or by a field. */
export interface Selection {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  /** As the API takes it: `app=web,tier!=cache`. */
  readonly labelSelector?: string;
  /** As the API takes it: `metadata.name=web`. */
  readonly fieldSelector?: string;
}

/** `Pod netproof-x/a`, `Node worker`. */
export function nameOf(object: {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}): string {
  const { name = '?', namespace } = object.metadata ?? {};
  const path = namespace === undefined ? name : `${namespace}/${name}`;
  return object.kind === undefined ? path : `${object.kind} ${path}`;
}
