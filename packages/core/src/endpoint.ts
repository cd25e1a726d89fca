/**
 * Where a probe can start: a pod, a node's own network, a further container of a pod, or a container outside the
 * cluster.
 */
export type EndpointKind = 'pod' | 'node' | 'container' | 'outside';

/** A place that can probe and be probed. */
export interface Endpoint {
  readonly kind: EndpointKind;
  /** Unique in the run and short enough to print: `x/a`, `node/worker`, `x/a:second`. It is what a server answers with. */
  readonly id: string;
  /** The node it runs on; empty outside the cluster. */
  readonly node: string;
  /** Its primary address, as `status.podIP` or the node's InternalIP gives it. */
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** An endpoint and where it is, for people: `x/a on worker`; its id alone outside the cluster. */
export function place({ id, node }: Endpoint): string {
  return node === '' ? id : `${id} on ${node}`;
}

export type Transport = 'TCP' | 'UDP';

/** ICMP is an echo, which the kernel answers: who answers is known by its address alone. */
export type Protocol = Transport | 'ICMP';

export interface Port {
  readonly protocol: Protocol;
  /** 0 for ICMP, which has none. */
  readonly port: number;
}

/** A port to ask, and where from. */
export interface AskedPort extends Port {
  /**
   * The client's, over TCP or UDP: from it one attempt is made and no other, whose answer would hide the loss of this
   * one. It is an error where somebody has it. Without it each attempt comes from a fresh one.
   */
  readonly sourcePort?: number;
}

/** A port at which a server listens. */
export interface ServedPort extends Port {
  readonly protocol: Transport;
}

export const echo: Port = { protocol: 'ICMP', port: 0 };

/** For people: `TCP 8080`, `TCP 8080 from port 61000`, `ICMP`. */
export function portName({
  protocol,
  port,
  sourcePort,
}: Port & { readonly sourcePort?: number | undefined }): string {
  if (protocol === 'ICMP') return protocol;
  return `${protocol} ${port}${sourcePort === undefined ? '' : ` from port ${sourcePort}`}`;
}

/** An address to probe, and who may answer there. */
export interface Target {
  /** For people: `x/b` or `Service x/web`. */
  readonly label: string;
  readonly address: string;
  /** Ids of the endpoints that may answer; anybody else is `wrong-peer`. */
  readonly servers: readonly string[];
  /** The port at which they listen, where it is not the one that is asked; an answer from another is `wrong-peer`. */
  readonly serverPort?: number;
  /** The endpoint behind the address where there is exactly one. */
  readonly endpoint?: Endpoint;
}

export function targetOf(endpoint: Endpoint): Target {
  return { label: endpoint.id, address: endpoint.ip, servers: [endpoint.id], endpoint };
}

/** The namespace, as ids have it, of pods that are there for their nodes' sake alone, in clusters of many nodes. */
export const moreNamespace = 'more';

/** The pods of which policies are made: ten in three namespaces, however many nodes there are. */
export function policyPods(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return endpoints.filter(({ kind, id }) => kind === 'pod' && !id.startsWith(`${moreNamespace}/`));
}

/** Over so many nodes these are spread at most: two of the ten are always on one. */
export const policyNodesAtMost = 9;

/** The first pod of each node: a node's proxy, routes and rules are its own, so each node is asked from. */
export function onePodPerNode(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const pods = endpoints.filter(({ kind }) => kind === 'pod');
  return [...Map.groupBy(pods, ({ node }) => node).values()].flatMap(([first]) => (first ? [first] : []));
}
