import type { Labels, Port } from '@netproof/core';
import type { Ask, Peer, Pod, Policy, PolicyPort, Rule, Selector, State } from './objects.ts';

/** How policies are read in one direction: each part can be replaced by a broken one. */
export interface Side {
  /** What counts of the rules of each policy that selects a pod. */
  rules(policies: readonly (readonly Rule[])[]): readonly Rule[];
  readonly operators: Readonly<
    Record<string, (value: string | undefined, values: readonly string[]) => boolean>
  >;
  /** Of a selector: whether its labels match, and each of its expressions. */
  selects(byLabels: boolean, byExpressions: readonly boolean[], selector: Selector): boolean;
  peer(match: Match, peer: Peer, ask: Ask): boolean;
  /** Whether an address is of a CIDR. */
  holds(cidr: string, ip: string): boolean;
  block(inCidr: boolean, inExcept: readonly boolean[], ask: Ask): boolean;
  protocol(wanted: string, asked: string): boolean;
  /** The ports that a name means. */
  named(name: string, ask: Ask): readonly Port[];
  range(first: number, last: number, asked: number): boolean;
  permits(byPeer: boolean, byPort: boolean, rule: Rule): boolean;
}

/** Whether a pod is selected by each part of a peer, one that is left out selecting all; and is of the policy's own namespace. */
export interface Match {
  readonly pod: boolean;
  readonly namespace: boolean;
  readonly own: boolean;
}

interface Verdict {
  readonly isolated: boolean;
  readonly allowed: boolean;
}

export interface Engine {
  readonly ingress: Side;
  readonly egress: Side;
  /** What the engine goes by after a change; `looks` are those that were had since. */
  heard(now: State, before: State, looks: number): State;
  /** Labels by which policies select the pods that they are for. */
  subjects(state: State): State;
  types(spec: Policy['spec']): readonly string[];
  passes(egress: Verdict, ingress: Verdict, ask: Ask): boolean;
}

const side: Side = {
  rules: (policies) => policies.flat(),
  operators: {
    In: (value, values) => value !== undefined && values.includes(value),
    NotIn: (value, values) => value === undefined || !values.includes(value),
    Exists: (value) => value !== undefined,
    DoesNotExist: (value) => value === undefined,
  },
  selects: (byLabels, byExpressions) => byLabels && byExpressions.every(Boolean),
  peer: ({ pod, namespace, own }, { namespaceSelector }) => pod && (namespaceSelector ? namespace : own),
  holds: isWithin,
  block: (inCidr, inExcept) => inCidr && !inExcept.includes(true),
  protocol: (wanted, asked) => wanted === asked,
  named: (name, { to, port }) =>
    to.ports.filter((own) => own.name === name && own.protocol === port.protocol),
  range: (first, last, asked) => first <= asked && asked <= last,
  permits: (byPeer, byPort) => byPeer && byPort,
};

/** NetworkPolicy as the API describes it, read a second time: nothing of `packages/policy` is in it. */
export const right: Engine = {
  ingress: side,
  egress: side,
  heard: (now) => now,
  subjects: (state) => state,
  types: ({ policyTypes, egress }) => policyTypes ?? ['Ingress', ...(egress?.length ? ['Egress'] : [])],
  passes: (egress, ingress) => egress.allowed && ingress.allowed,
};

/** What differs from the right engine. */
export interface Deviation extends Partial<Omit<Engine, 'ingress' | 'egress'>> {
  readonly ingress?: Partial<Side>;
  readonly egress?: Partial<Side>;
}

export const deviating = ({ ingress, egress, ...rest }: Deviation): Engine => ({
  ...right,
  ...rest,
  ingress: { ...side, ...ingress },
  egress: { ...side, ...egress },
});

/** @returns whether what is asked passes in a state, after so many looks at it, the one before it being known too */
export function enforced(engine: Engine, now: State, before: State, looks = 0): (ask: Ask) => boolean {
  const state = engine.heard(now, before, looks);
  const known = new Map<string, Verdictual>();
  const verdict = (way: 'ingress' | 'egress', pod: Pod, ask: Ask): Verdict => {
    const key = `${way} ${pod.id}`;
    const of = known.get(key) ?? verdictual(engine, way, pod, state);
    known.set(key, of);
    return of(ask);
  };
  return (ask) => engine.passes(verdict('egress', ask.from, ask), verdict('ingress', ask.to, ask), ask);
}

type Verdictual = (ask: Ask) => Verdict;

/** What the policies that select a pod say of its traffic in one direction. */
function verdictual(engine: Engine, way: 'ingress' | 'egress', pod: Pod, state: State): Verdictual {
  const of = engine[way];
  const type = way === 'ingress' ? 'Ingress' : 'Egress';
  const own = labelsOf(pod, engine.subjects(state));
  const policies = state.policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      engine.types(spec).includes(type) &&
      matches(of, spec.podSelector, own),
  );
  const rules = of.rules(policies.map((policy) => rulesOf(policy, way)));
  const isolated = policies.length > 0;
  return (ask) => {
    const other = way === 'ingress' ? ask.from : ask.to;
    const allowed = rules.some((rule) => {
      const byPeer =
        rule.peers.length === 0 || rule.peers.some((peer) => isPeer(of, peer, other, pod, state, ask));
      const byPort = rule.ports.length === 0 || rule.ports.some((port) => isPort(of, port, ask));
      return of.permits(byPeer, byPort, rule);
    });
    return { isolated, allowed: !isolated || allowed };
  };
}

function rulesOf({ spec }: Policy, way: 'ingress' | 'egress'): readonly Rule[] {
  return way === 'ingress'
    ? (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }))
    : (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }));
}

function isPeer(of: Side, peer: Peer, other: Pod, pod: Pod, state: State, ask: Ask): boolean {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (ipBlock) {
    const inExcept = (ipBlock.except ?? []).map((cidr) => of.holds(cidr, other.ip));
    return of.block(of.holds(ipBlock.cidr, other.ip), inExcept, ask);
  }
  if (other.kind === 'outside') return false;
  const space = {
    'kubernetes.io/metadata.name': other.namespace,
    ...state.namespaceLabels?.[other.namespace],
  };
  const match = {
    pod: matches(of, podSelector, labelsOf(other, state)),
    namespace: matches(of, namespaceSelector, space),
    own: other.namespace === pod.namespace,
  };
  return of.peer(match, peer, ask);
}

function isPort(of: Side, { protocol = 'TCP', port, endPort }: PolicyPort, ask: Ask): boolean {
  if (!of.protocol(protocol, ask.port.protocol)) return false;
  if (port === undefined) return true;
  if (typeof port === 'string') return of.named(port, ask).some((own) => own.port === ask.port.port);
  return of.range(port, endPort ?? port, ask.port.port);
}

function matches(of: Side, selector: Selector | undefined, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return of.selects(
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value),
    matchExpressions.map(
      ({ key, operator, values = [] }) => of.operators[operator]?.(labels[key], values) ?? false,
    ),
    selector ?? {},
  );
}

const labelsOf = ({ id, labels }: Pod, { podLabels }: State): Labels => ({ ...labels, ...podLabels?.[id] });

function isWithin(cidr: string, ip: string): boolean {
  const [base = '', length] = cidr.split('/');
  const number = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const block = (address: string) => Math.floor(number(address) / 2 ** (32 - Number(length)));
  return block(base) === block(ip);
}
