import { namedPortsOf } from '@netproof/core';
import { type Deviation, right, type Side } from './engine.ts';
import type { Ask, Peer, Rule, State } from './objects.ts';

/** An engine that does one thing wrong, and the check of `suites/network-policy` that must find it. */
export interface Broken {
  readonly what: string;
  readonly foundBy: string;
  readonly deviation: Deviation;
}

const whole = (foundBy: string, what: string, deviation: Deviation): Broken[] => [
  { what, foundBy, deviation },
];

/** Two engines: one that does it in ingress, and one in egress. */
const each = (foundBy: string | readonly [string, string], what: string, side: Partial<Side>): Broken[] => {
  const [ingress, egress] = typeof foundBy === 'string' ? [foundBy, foundBy] : foundBy;
  return [
    { what: `${what} (ingress)`, foundBy: ingress, deviation: { ingress: side } },
    { what: `${what} (egress)`, foundBy: egress, deviation: { egress: side } },
  ];
};

/** Two engines: one that does not isolate such traffic for ingress, and one that does not for egress. */
const open = (foundBy: readonly [string, string], what: string, such: (ask: Ask) => boolean): Broken[] => [
  ...whole(foundBy[0], `${what} is not isolated for ingress`, {
    passes: (egress, ingress, ask) => egress.allowed && (ingress.allowed || such(ask)),
  }),
  ...whole(foundBy[1], `${what} is not isolated for egress`, {
    passes: (egress, ingress, ask) => ingress.allowed && (egress.allowed || such(ask)),
  }),
];

const operator = (name: string, does: Side['operators'][string]): Partial<Side> => ({
  operators: { ...right.ingress.operators, [name]: does },
});

/** Reads each rule otherwise. */
const reading = (read: (rule: Rule) => Partial<Rule>): Partial<Side> => ({
  rules: (policies) => policies.flat().map((rule) => ({ ...rule, ...read(rule) })),
});

/** One rule of all of them, every peer with every port. */
const crossed = (rules: readonly Rule[]): readonly Rule[] =>
  rules.length === 0
    ? []
    : [
        {
          peers: rules.some(({ peers }) => peers.length === 0) ? [] : rules.flatMap(({ peers }) => peers),
          ports: rules.some(({ ports }) => ports.length === 0) ? [] : rules.flatMap(({ ports }) => ports),
        },
      ];

const exceptsOf = (peers: readonly Peer[]) => peers.flatMap(({ ipBlock }) => ipBlock?.except ?? []);

const isEmpty = (selector: object | undefined) =>
  selector !== undefined && Object.keys(selector).length === 0;
const toOutside = ({ to }: Ask) => to.kind === 'outside';
const sameNode = ({ from, to }: Ask) => from.node === to.node;
const overUdp = ({ port }: Ask) => port.protocol === 'UDP';
const byName = (name: string, pod: string) => namedPortsOf(pod).filter((one) => one.name === name);

const nameOf = ({ metadata }: State['policies'][number]) => `${metadata.namespace}/${metadata.name}`;
const known = ({ policies }: State) => new Map(policies.map((policy) => [nameOf(policy), policy]));

/** Whether nothing was asked yet since policies took the place of others. */
const isFirst = (before: State, looks: number) => looks === 0 && before.policies.length > 0;

const without = <P extends State['policies'][number]>(policy: P, type: string): P => ({
  ...policy,
  spec: { ...policy.spec, policyTypes: right.types(policy.spec).filter((one) => one !== type) },
});

/** Labels of before stay beside those of now. */
const kept = (now: State['podLabels'] = {}, before: State['podLabels'] = {}) =>
  Object.fromEntries(
    [...Object.keys(before), ...Object.keys(now)].map((id) => [id, { ...before[id], ...now[id] }]),
  );

const denied = ['default-deny/ingress', 'default-deny/egress'] as const;

export const brokenEngines: readonly Broken[] = [
  ...whole('allow/ip-block-outside', 'a host outside is not isolated for egress', {
    passes: (egress, ingress, ask) => ingress.allowed && (egress.allowed || toOutside(ask)),
  }),
  ...whole('allow/ip-block-outside', 'an ipBlock does not allow a host outside', {
    egress: {
      block: (inCidr, inExcept, ask) => right.egress.block(inCidr, inExcept, ask) && !toOutside(ask),
    },
  }),
  ...whole('allow/ip-block-outside', 'the except of an ipBlock does not except a host outside', {
    egress: { block: (inCidr, inExcept, ask) => inCidr && (toOutside(ask) || !inExcept.includes(true)) },
  }),
  ...whole('allow/ip-block-outside', 'an ipBlock with an except allows nobody outside', {
    egress: { block: (inCidr, inExcept) => inCidr && inExcept.length === 0 },
  }),
  ...whole('allow/ip-block-outside', 'a CIDR is read as one address', {
    egress: { holds: (cidr, ip) => cidr.split('/')[0] === ip },
  }),
  ...open(denied, 'traffic on one node', sameNode),
  ...open(denied, 'traffic between nodes', (ask) => !sameNode(ask)),
  ...open(denied, 'UDP', overUdp),
  ...open(denied, 'port 8081', ({ port }) => port.port === 8081),
  ...open(denied, 'traffic to a Service', ({ byService }) => byService),
  ...open(denied, 'traffic to a Service on one node', (ask) => ask.byService && sameNode(ask)),
  ...open(denied, 'UDP to a Service', (ask) => ask.byService && overUdp(ask)),
  ...open(
    ['default-deny/ingress', 'allow/pod-label'],
    'traffic in one namespace on one node',
    (ask) => ask.from.namespace === ask.to.namespace && sameNode(ask),
  ),
  ...whole('allow/peer-and-port', 'ingress alone decides where both ends are isolated', {
    passes: (egress, ingress) => (ingress.isolated ? ingress.allowed : egress.allowed),
  }),
  ...whole('default-deny/both', 'egress rules do not isolate for egress where policyTypes is left out', {
    types: ({ policyTypes }) => policyTypes ?? ['Ingress'],
  }),
  ...whole('default-deny/both', 'egress rules alone isolate for egress alone where policyTypes is left out', {
    types: ({ policyTypes, ingress, egress }) =>
      policyTypes ?? (egress?.length && !ingress?.length ? ['Egress'] : ['Ingress']),
  }),
  ...whole('default-deny/ingress', 'every policy isolates for egress where policyTypes is left out', {
    types: ({ policyTypes }) => policyTypes ?? ['Ingress', 'Egress'],
  }),

  ...each('allow/pod-label', 'a podSelector selects pods of every namespace', {
    peer: ({ pod, namespace }) => pod && namespace,
  }),
  ...each('allow/pod-label', 'a podSelector selects no pod on the same node', {
    peer: (match, peer, ask) =>
      right.ingress.peer(match, peer, ask) && (peer.namespaceSelector !== undefined || !sameNode(ask)),
  }),
  ...each('allow/pod-label', 'a podSelector selects every pod of its namespace on the same node', {
    peer: (match, peer, ask) =>
      right.ingress.peer(match, peer, ask) || (!peer.namespaceSelector && match.own && sameNode(ask)),
  }),
  ...each('allow/pod-label', 'an empty podSelector selects no pod', {
    peer: (match, peer, ask) => right.ingress.peer(match, peer, ask) && !isEmpty(peer.podSelector),
  }),
  ...each('allow/pod-label', 'an empty podSelector selects every pod of every namespace', {
    peer: (match, peer, ask) => right.ingress.peer(match, peer, ask) || isEmpty(peer.podSelector),
  }),
  ...each(
    'allow/pod-label',
    'only the first peer of a rule is read',
    reading(({ peers }) => ({ peers: peers.slice(0, 1) })),
  ),
  ...each(
    'allow/pod-label',
    'only the last peer of a rule is read',
    reading(({ peers }) => ({ peers: peers.slice(-1) })),
  ),
  ...each('allow/namespace-label', 'a namespaceSelector does not select the policy’s own namespace', {
    peer: (match, peer, ask) =>
      right.ingress.peer(match, peer, ask) && !(peer.namespaceSelector !== undefined && match.own),
  }),
  ...each('allow/namespace-label', 'a namespaceSelector selects the policy’s own namespace always', {
    peer: (match, peer, ask) => right.ingress.peer(match, peer, ask) || (match.pod && match.own),
  }),
  ...each('allow/namespace-label', 'a namespaceSelector selects every namespace', {
    peer: ({ pod, own }, { namespaceSelector }) => pod && (namespaceSelector !== undefined || own),
  }),
  ...each('allow/pod-and-namespace', 'two selectors of one peer are read as two peers', {
    peer: ({ pod, namespace, own }, { podSelector, namespaceSelector }) =>
      podSelector && namespaceSelector
        ? (pod && own) || namespace
        : pod && (namespaceSelector ? namespace : own),
  }),
  ...each('allow/pod-and-namespace', 'a namespaceSelector beside a podSelector is not read', {
    peer: ({ pod, namespace, own }, { podSelector }) => (podSelector ? pod && own : namespace),
  }),
  ...each('allow/pod-and-namespace', 'a podSelector beside a namespaceSelector is not read', {
    peer: ({ pod, namespace, own }, { namespaceSelector }) => (namespaceSelector ? namespace : pod && own),
  }),
  ...each('allow/expressions', 'an empty namespaceSelector selects no namespace', {
    peer: (match, peer, ask) => right.ingress.peer(match, peer, ask) && !isEmpty(peer.namespaceSelector),
  }),
  ...each(
    'allow/expressions',
    'In selects what has no such label',
    operator('In', (value, values) => value === undefined || values.includes(value)),
  ),
  ...each(
    'allow/expressions',
    'NotIn does not select what has no such label',
    operator('NotIn', (value, values) => value !== undefined && !values.includes(value)),
  ),
  ...each(
    'allow/expressions',
    'NotIn selects everything',
    operator('NotIn', () => true),
  ),
  ...each(
    'allow/expressions',
    'Exists selects nothing',
    operator('Exists', () => false),
  ),
  ...each(
    'allow/expressions',
    'Exists selects everything',
    operator('Exists', () => true),
  ),
  ...each(
    'allow/expressions',
    'DoesNotExist selects nothing',
    operator('DoesNotExist', () => false),
  ),
  ...each(
    'allow/expressions',
    'DoesNotExist selects everything',
    operator('DoesNotExist', () => true),
  ),
  ...each('allow/expressions', 'one expression of a selector suffices', {
    selects: (byLabels, expressions) => byLabels && (expressions.length === 0 || expressions.includes(true)),
  }),
  ...each('allow/expressions', 'only the first expression of a selector is read', {
    selects: (byLabels, expressions) => byLabels && expressions.slice(0, 1).every(Boolean),
  }),
  ...each('allow/expressions', 'only the last expression of a selector is read', {
    selects: (byLabels, expressions) => byLabels && expressions.slice(-1).every(Boolean),
  }),
  ...each('allow/ip-block', 'an ipBlock selects no pod that a Service leads to', {
    block: (inCidr, inExcept, { byService }) => inCidr && !inExcept.includes(true) && !byService,
  }).slice(0, 1),
  ...each('allow/ip-block', 'except is not read', { block: (inCidr) => inCidr }),
  ...each('allow/ip-block', 'only the first except is read', {
    block: (inCidr, [first]) => inCidr && !first,
  }),
  ...each('allow/ip-block', 'only the last except is read', {
    block: (inCidr, inExcept) => inCidr && !inExcept.at(-1),
  }),
  ...each(
    'allow/ip-block',
    'the except of one peer is taken out of all',
    reading(({ peers }) => ({
      peers: peers.map((peer) =>
        peer.ipBlock ? { ipBlock: { ...peer.ipBlock, except: exceptsOf(peers) } } : peer,
      ),
    })),
  ),

  ...each('allow/peer-and-port', 'the ports of a rule with peers are not read', {
    permits: (byPeer, byPort, { peers }) => (peers.length > 0 ? byPeer : byPort),
  }),
  ...each('allow/peer-and-port', 'the peers of a rule with ports are not read', {
    permits: (byPeer, byPort, { ports }) => (ports.length > 0 ? byPort : byPeer),
  }),
  ...each('allow/peer-and-port', 'the peers or the ports of a rule suffice', {
    permits: (byPeer, byPort, { peers, ports }) =>
      peers.length > 0 && ports.length > 0 ? byPeer || byPort : byPeer && byPort,
  }),
  ...each('allow/peer-and-port', 'the peers of one rule may use the ports of another', {
    rules: (policies) => policies.flatMap(crossed),
  }),
  ...each('changes/stacked', 'the peers of one policy may use the ports of another', {
    rules: (policies) => crossed(policies.flat()),
  }),
  ...each('allow/peer-and-port', 'only the first rule of a policy is read', {
    rules: (policies) => policies.flatMap((rules) => rules.slice(0, 1)),
  }),
  ...each('allow/peer-and-port', 'only the last rule of a policy is read', {
    rules: (policies) => policies.flatMap((rules) => rules.slice(-1)),
  }),
  ...whole('allow/peer-and-port', 'what egress allows passes ingress', {
    passes: (egress, ingress) => egress.allowed && (egress.isolated || ingress.allowed),
  }),
  ...whole('allow/peer-and-port', 'what egress allows passes ingress on the same node', {
    passes: (egress, ingress, ask) =>
      egress.allowed && ((egress.isolated && sameNode(ask)) || ingress.allowed),
  }),
  ...whole('allow/peer-and-port', 'what ingress allows passes egress', {
    passes: (egress, ingress) => ingress.allowed && (ingress.isolated || egress.allowed),
  }),

  ...each('ports/number', 'the protocol of a port is not read', { protocol: () => true }),
  ...each('ports/number', 'every port is of TCP', { protocol: (_, asked) => asked === 'TCP' }),
  ...each(
    'ports/number',
    'only the first port of a rule is read',
    reading(({ ports }) => ({ ports: ports.slice(0, 1) })),
  ),
  ...each(
    'ports/number',
    'only the last port of a rule is read',
    reading(({ ports }) => ({ ports: ports.slice(-1) })),
  ),
  ...each('ports/number', 'the number of a port is not read', { range: () => true }),
  ...each('ports/range', 'endPort is not read', { range: (first, _, asked) => first === asked }),
  ...each('ports/range', 'only the ends of a range are read', {
    range: (first, last, asked) => first === asked || last === asked,
  }),
  ...each('ports/range', 'a range goes on above its endPort', { range: (first, _, asked) => first <= asked }),
  ...each('ports/range', 'a range begins below its port', { range: (_, last, asked) => asked <= last }),
  ...each('ports/range', 'a range is without its port', {
    range: (first, last, asked) => (first === last ? asked === first : first < asked && asked <= last),
  }),
  ...each('ports/range', 'a range is without its endPort', {
    range: (first, last, asked) => (first === last ? asked === first : first <= asked && asked < last),
  }),
  ...each(
    'ports/range',
    'ranges of one rule are one',
    reading(({ ports }) => {
      const [first] = ports;
      const numbers = ports.flatMap(({ port, endPort }) =>
        typeof port === 'number' && endPort ? [port, endPort] : [],
      );
      return first && numbers.length > 0
        ? { ports: [{ ...first, port: Math.min(...numbers), endPort: Math.max(...numbers) }] }
        : { ports };
    }),
  ),
  ...each('ports/name', 'a name means a port of another protocol too', {
    named: (name, { to }) => to.ports.filter((own) => own.name === name),
  }),
  ...each(['ports/name', 'ports/name-of-server'], 'a name means what it does on the client', {
    named: (name, { from }) => from.ports.filter((own) => own.name === name),
  }),
  ...each(['ports/name', 'ports/name-of-server'], 'a name means what it does on pod a', {
    named: (name) => byName(name, 'a'),
  }),
  ...each(['ports/name', 'ports/name-of-server'], 'a name means what it does on pod c', {
    named: (name) => byName(name, 'c'),
  }),
  ...each(['ports/name', 'ports/name-of-server'], 'a name means what it does on any pod', {
    named: (name) => ['a', 'c'].flatMap((pod) => byName(name, pod)),
  }),
  ...each(['ports/name', 'ports/name-of-server'], 'a name that means several ports means none', {
    named: (name, { to }) =>
      byName(name, 'a')[0]?.port === byName(name, 'c')[0]?.port
        ? to.ports.filter((own) => own.name === name)
        : [],
  }),
  ...each('ports/name', 'a name means no port', { named: () => [] }),

  ...each('changes/stacked', 'only the first policy of a pod is read', { rules: ([first = []]) => first }),
  ...each('changes/stacked', 'only the last policy of a pod is read', {
    rules: (policies) => policies.at(-1) ?? [],
  }),
  ...each('changes/stacked', 'what one policy allows all others must allow', {
    rules: (policies) => (policies.some((rules) => rules.length === 0) ? [] : policies.flat()),
  }),
  ...whole('changes/stacked', 'all policies are away for a moment when one more comes', {
    heard: (now, before, looks) => (isFirst(before, looks) ? { ...now, policies: [] } : now),
  }),
  ...(['Ingress', 'Egress'] as const).flatMap((type) =>
    whole('changes/stacked', `no policy isolates for ${type} for a moment when one more comes`, {
      heard: (now, before, looks) =>
        isFirst(before, looks) ? { ...now, policies: now.policies.map((one) => without(one, type)) } : now,
    }),
  ),
  ...whole('changes/updated', 'an update is not heard', {
    heard: (now, before) => ({
      ...now,
      policies: now.policies.map((policy) => known(before).get(nameOf(policy)) ?? policy),
    }),
  }),
  ...whole('changes/updated', 'an update of egress is not heard', {
    heard: (now, before) => ({
      ...now,
      policies: now.policies.map((policy) => {
        const old = known(before).get(nameOf(policy));
        return old ? { ...policy, spec: { ...policy.spec, egress: old.spec.egress ?? [] } } : policy;
      }),
    }),
  }),
  ...whole('changes/updated', 'rules that an update takes out stay', {
    heard: (now, before) => ({
      ...now,
      policies: now.policies.map((policy) => {
        const old = known(before).get(nameOf(policy))?.spec.ingress ?? [];
        return { ...policy, spec: { ...policy.spec, ingress: [...(policy.spec.ingress ?? []), ...old] } };
      }),
    }),
  }),
  ...whole('changes/updated', 'a policy that is deleted stays', {
    heard: (now, before) => ({
      ...now,
      policies: [...before.policies.filter((policy) => !known(now).has(nameOf(policy))), ...now.policies],
    }),
  }),
  ...whole('changes/relabelled', 'new labels of a pod are not heard', {
    heard: ({ podLabels: _, ...now }) => now,
  }),
  ...whole('changes/relabelled', 'new labels of a pod are not heard where a policy selects it', {
    subjects: ({ podLabels: _, ...state }) => state,
  }),
  ...whole('changes/relabelled', 'labels that are taken off a pod stay', {
    heard: (now, before) => ({ ...now, podLabels: kept(now.podLabels, before.podLabels) }),
  }),
  ...whole('changes/relabelled', 'new labels of a namespace are not heard', {
    heard: ({ namespaceLabels: _, ...now }) => now,
  }),
  ...whole('changes/relabelled', 'labels that are taken off a namespace stay', {
    heard: (now, before) => ({ ...now, namespaceLabels: kept(now.namespaceLabels, before.namespaceLabels) }),
  }),
];
