import { z } from 'zod';

/** Protocols that a policy can name. Probes know fewer of them, see core's `Protocol`. */
export const policyProtocols = ['TCP', 'UDP', 'SCTP'] as const;

export type PolicyProtocol = (typeof policyProtocols)[number];

export type Direction = 'Ingress' | 'Egress';

// The shape of networking.k8s.io/v1, as the API server's strict field validation takes it: a field that does not
// exist is an error, since a mistyped `from` would otherwise be a missing one, which means everybody. A field that
// is null is a missing one, as it is to the API server. What each field means stands at the code that reads it.

const labelSelector = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).nullish(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string().min(1),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).nullish(),
      }),
    )
    .nullish(),
});

const ipBlock = z.strictObject({ cidr: z.string(), except: z.array(z.string()).nullish() });

const peer = z.strictObject({
  podSelector: labelSelector.nullish(),
  namespaceSelector: labelSelector.nullish(),
  ipBlock: ipBlock.nullish(),
});

const port = z.strictObject({
  protocol: z.enum(policyProtocols).nullish(),
  port: z.union([z.int(), z.string()], 'must be a number or the name of a port').nullish(),
  endPort: z.int().nullish(),
});

const peers = z.array(peer).nullish();
const ports = z.array(port).nullish();

export const networkPolicySchema = z.strictObject({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('NetworkPolicy'),
  /** Its namespace must be said: a manifest without one means another namespace to each who applies it. */
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().min(1) }),
  spec: z
    .strictObject({
      podSelector: labelSelector.nullish(),
      policyTypes: z
        .array(z.enum(['Ingress', 'Egress']))
        .max(2)
        .nullish(),
      ingress: z.array(z.strictObject({ from: peers, ports })).nullish(),
      egress: z.array(z.strictObject({ to: peers, ports })).nullish(),
    })
    .nullish(),
  status: z.unknown().optional(),
});

type Deep<T> = T extends readonly (infer E)[]
  ? readonly Deep<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Deep<T[K]> }
    : T;

/** A NetworkPolicy as YAML or the API gives it. */
export type NetworkPolicy = Deep<z.infer<typeof networkPolicySchema>>;

export type LabelSelector = Deep<z.infer<typeof labelSelector>>;
export type IPBlock = Deep<z.infer<typeof ipBlock>>;
export type Peer = Deep<z.infer<typeof peer>>;
export type PolicyPort = Deep<z.infer<typeof port>>;

/** A rule of either direction: `peers` is its `from` or its `to`. Both must match (API reference). */
export interface Rule {
  readonly peers: readonly Peer[];
  readonly ports: readonly PolicyPort[];
}

export function nameOf({ metadata }: NetworkPolicy): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** An absent `ingress` or `egress` and an empty one are the same: nothing is allowed. So are `from`, `to`, `ports`: all is. */
export function rulesOf({ spec }: NetworkPolicy, direction: Direction): readonly Rule[] {
  return direction === 'Ingress'
    ? (spec?.ingress ?? []).map((rule) => ({ peers: rule.from ?? [], ports: rule.ports ?? [] }))
    : (spec?.egress ?? []).map((rule) => ({ peers: rule.to ?? [], ports: rule.ports ?? [] }));
}

/**
 * The directions in which a policy isolates. Where `policyTypes` is missing or empty: always Ingress, and Egress
 * only if there is an egress rule; `egress: []` is none (API reference, NetworkPolicySpec.policyTypes).
 */
export function directionsOf({ spec }: NetworkPolicy): readonly Direction[] {
  const said = spec?.policyTypes ?? [];
  if (said.length > 0) return said;
  return (spec?.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}
