import { type AppliedFault, type FaultContext, feature, type ObjectName } from '@netproof/core';

/** A NetworkPolicy, as far as faults read it (networking.k8s.io/v1). */
export interface Policy extends ObjectName {
  readonly spec?: PolicySpec;
}

export interface PolicySpec {
  readonly podSelector?: object;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

export interface PolicyRule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly PolicyPort[];
}

export interface Peer {
  readonly podSelector?: object;
  readonly namespaceSelector?: object;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface PolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

export const needsPolicy = [feature('PodNetwork'), feature('NetworkPolicy')] as const;

/** Of a fault that does something to policies on their way, and to nothing else. */
export const ofPolicies = { needs: needsPolicy, actsOn: 'NetworkPolicy' } as const;

/**
 * A fault in the expectation: no engine can be made to ignore a rule, so the cluster gets policies that lack it, and
 * the check is not told. Its effect is the number of policies that were applied otherwise.
 */
export async function tampered(
  { tampering }: FaultContext,
  change: (spec: PolicySpec) => PolicySpec,
): Promise<AppliedFault> {
  const tamper = tampering.tamper((object) => {
    const policy: Policy = object;
    return policy.spec === undefined ? policy : { ...policy, spec: change(policy.spec) };
  });
  return { effect: async () => tamper.changed(), revert: async () => tamper.stop() };
}

/** Changes every rule of a policy; a policy without rules stays as it is. */
export function eachRule(spec: PolicySpec, change: (rule: PolicyRule) => PolicyRule): PolicySpec {
  return {
    ...spec,
    ...(spec.ingress && { ingress: spec.ingress.map(change) }),
    ...(spec.egress && { egress: spec.egress.map(change) }),
  };
}

/** Changes every peer, and so for {@link eachPort}. */
export function eachPeer(spec: PolicySpec, change: (peer: Peer) => Peer): PolicySpec {
  return eachRule(spec, (rule) => ({
    ...rule,
    ...(rule.from && { from: rule.from.map(change) }),
    ...(rule.to && { to: rule.to.map(change) }),
  }));
}

export function eachPort(spec: PolicySpec, change: (port: PolicyPort) => PolicyPort): PolicySpec {
  return eachRule(spec, (rule) => ({ ...rule, ...(rule.ports && { ports: rule.ports.map(change) }) }));
}
