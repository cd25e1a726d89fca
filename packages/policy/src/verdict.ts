import { leftOpen, type Via } from './left-open.ts';
import { type Direction, directionsOf, type NetworkPolicy, type Rule, rulesOf } from './network-policy.ts';
import { type Match, matchPeer } from './peer.ts';
import { matchPort, type ServedPort } from './port.ts';
import { selects } from './selector.ts';
import { isPod, type LabelsOf, type PolicyEndpoint } from './world.ts';

/** `implementation-defined`: the API leaves it open, so it is shown and never judged. */
export const policyVerdicts = ['allowed', 'denied', 'implementation-defined'] as const;

export type PolicyVerdict = (typeof policyVerdicts)[number];

export interface Traffic extends ServedPort {
  readonly from: PolicyEndpoint;
  readonly to: PolicyEndpoint;
  readonly via?: Via | undefined;
}

/** Whether one of a rule's peers or ports matches, and the first that does; any matches where the rule names none. */
export interface Hit {
  readonly match: Match;
  readonly index?: number;
}

/** A rule held against some traffic. */
export interface RuleReading {
  readonly policy: NetworkPolicy;
  readonly index: number;
  readonly rule: Rule;
  readonly peer: Hit;
  readonly port: Hit;
  /** Peers and ports must both match. */
  readonly match: Match;
}

/** What the policies of one end say. */
export interface Reading {
  readonly direction: Direction;
  /** The end whose policies count: the destination for Ingress, the source for Egress. */
  readonly subject: PolicyEndpoint;
  readonly peer: PolicyEndpoint;
  /** The policies that select it in this direction, by name. With none it is open. */
  readonly isolatedBy: readonly NetworkPolicy[];
  /** All rules of those. */
  readonly rules: readonly RuleReading[];
  /** The first rule that allows, else the first that may. */
  readonly by?: RuleReading | undefined;
  readonly verdict: PolicyVerdict;
}

export interface Decision {
  readonly traffic: Traffic;
  readonly verdict: PolicyVerdict;
  readonly egress: Reading;
  readonly ingress: Reading;
  /** What the policies say where nothing of the API's text is held open: the verdict, unless {@link leftOpen} is set. */
  readonly read: PolicyVerdict;
  /** Why the API leaves it open. */
  readonly leftOpen?: string | undefined;
}

export interface Policies {
  /** Sorted by name. */
  readonly policies: readonly NetworkPolicy[];
  readonly namespaces: LabelsOf;
}

/**
 * What policies do to some traffic. It is allowed if the egress side of its source and the ingress side of its
 * destination both allow it; each side that no policy isolates does, and of those that do, any rule suffices
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation).
 */
export function decide(policies: Policies, traffic: Traffic): Decision {
  const egress = read('Egress', policies, traffic);
  const ingress = read('Ingress', policies, traffic);
  const both = [egress.verdict, ingress.verdict];
  const said = (['denied', 'implementation-defined'] as const).find((verdict) => both.includes(verdict));
  const isolated = egress.isolatedBy.length + ingress.isolatedBy.length > 0;
  const open = isolated ? leftOpen(traffic.from, traffic.to, traffic.via) : undefined;
  const readAs = said ?? 'allowed';
  return {
    traffic,
    egress,
    ingress,
    read: readAs,
    leftOpen: open,
    verdict: open ? 'implementation-defined' : readAs,
  };
}

function read(direction: Direction, { policies, namespaces }: Policies, traffic: Traffic): Reading {
  const [subject, peer] = direction === 'Egress' ? [traffic.from, traffic.to] : [traffic.to, traffic.from];
  // Only a Service's destination is rewritten here; see left-open for traffic whose source may be.
  const rewritten = direction === 'Egress' && traffic.via === 'ClusterIP';
  const isolatedBy = policies.filter((policy) => isolates(policy, direction, subject));
  const rules = isolatedBy.flatMap((policy) =>
    rulesOf(policy, direction).map((rule, index): RuleReading => {
      const context = { namespace: policy.metadata.namespace, namespaces, rewritten };
      const peerHit = firstHit(rule.peers, (one) => matchPeer(one, peer, context));
      const portHit = firstHit(rule.ports, (one) => (matchPort(one, traffic, traffic.to) ? 'yes' : 'no'));
      const match = portHit.match === 'yes' ? peerHit.match : 'no';
      return { policy, index, rule, peer: peerHit, port: portHit, match };
    }),
  );
  const by = rules.find(({ match }) => match === 'yes') ?? rules.find(({ match }) => match === 'open');
  const byRules = by === undefined ? 'denied' : by.match === 'yes' ? 'allowed' : 'implementation-defined';
  return {
    direction,
    subject,
    peer,
    isolatedBy,
    rules,
    by,
    verdict: isolatedBy.length === 0 ? 'allowed' : byRules,
  };
}

/** A policy selects pods of its own namespace; a missing podSelector is an empty one, which selects them all. */
function isolates(policy: NetworkPolicy, direction: Direction, subject: PolicyEndpoint): boolean {
  return (
    isPod(subject) &&
    policy.metadata.namespace === subject.namespace &&
    directionsOf(policy).includes(direction) &&
    selects(policy.spec?.podSelector ?? {}, subject.labels)
  );
}

function firstHit<T>(all: readonly T[], matches: (one: T) => Match): Hit {
  if (all.length === 0) return { match: 'yes' };
  const found = all.map(matches);
  const index = found.includes('yes') ? found.indexOf('yes') : found.indexOf('open');
  return index === -1 ? { match: 'no' } : { match: found[index]!, index };
}
