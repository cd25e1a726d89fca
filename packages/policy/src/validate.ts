import { exitCode, NetproofError } from '@netproof/core';
import { z } from 'zod';
import { cidrProblem, isAddress, isStrictSubset } from './cidr.ts';
import {
  type LabelSelector,
  type NetworkPolicy,
  nameOf,
  networkPolicySchema,
  type Peer,
  type PolicyPort,
} from './network-policy.ts';
import { idOf, nameLabel, type Pod, type World } from './world.ts';

/**
 * Throws for a world that no API server would hold, since a verdict about it would be about another one.
 *
 * What is checked of a policy is what `ValidateNetworkPolicy` of kubernetes 1.36 checks and what changes its
 * meaning; the syntax of names and labels is left to the API server.
 *
 * @throws NetproofError `POLICY_INVALID` with all problems, each after the object and the path of its field
 */
export function validate(world: World): void {
  const problems = [
    ...namespaceProblems(world),
    ...endpointProblems(world),
    ...world.policies.flatMap((policy, index) => policyProblems(policy, index, world)),
    ...repeated(world.policies.filter(hasName).map(nameOf)).map((name) => `policy ${name}: is there twice`),
  ];
  if (problems.length === 0) return;
  throw new NetproofError(`the policies cannot be judged:\n${problems.map((one) => `  ${one}`).join('\n')}`, {
    code: 'POLICY_INVALID',
    exit: exitCode.usage,
    hint: 'kubectl explain networkpolicy.spec --recursive shows every field',
  });
}

type Problem = (path: string, what: string) => string;

function policyProblems(given: NetworkPolicy, index: number, { namespaces }: World): readonly string[] {
  const name = hasName(given) ? nameOf(given) : `number ${index}`;
  const problem: Problem = (path, what) => `policy ${name}: ${path === '' ? '' : `${path}: `}${what}`;
  const parsed = networkPolicySchema.safeParse(given);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => problem(z.core.toDotPath(path), message));
  const { metadata, spec } = parsed.data;
  const known = namespaces.some(({ name: one }) => one === metadata.namespace);
  return [
    ...(known ? [] : [problem('metadata.namespace', `there is no namespace ${metadata.namespace}`)]),
    ...selectorProblems(spec?.podSelector, 'spec.podSelector', problem),
    ...(spec?.ingress ?? []).flatMap((rule, at) =>
      ruleProblems(rule.from, rule.ports, `spec.ingress[${at}]`, 'from', problem),
    ),
    ...(spec?.egress ?? []).flatMap((rule, at) =>
      ruleProblems(rule.to, rule.ports, `spec.egress[${at}]`, 'to', problem),
    ),
  ];
}

function ruleProblems(
  peers: readonly Peer[] | null | undefined,
  ports: readonly PolicyPort[] | null | undefined,
  path: string,
  side: 'from' | 'to',
  problem: Problem,
): readonly string[] {
  return [
    ...(peers ?? []).flatMap((peer, at) => peerProblems(peer, `${path}.${side}[${at}]`, problem)),
    ...(ports ?? []).flatMap((port, at) => portProblems(port, `${path}.ports[${at}]`, problem)),
  ];
}

function peerProblems(peer: Peer, path: string, problem: Problem): readonly string[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  const empty = !podSelector && !namespaceSelector && !ipBlock;
  const mixed = ipBlock && (podSelector || namespaceSelector);
  return [
    ...(empty ? [problem(path, 'names no peer; leave the whole list out to mean everybody')] : []),
    ...(mixed ? [problem(path, 'ipBlock may not stand beside a selector; make two peers of it')] : []),
    ...selectorProblems(podSelector, `${path}.podSelector`, problem),
    ...selectorProblems(namespaceSelector, `${path}.namespaceSelector`, problem),
    ...(ipBlock ? blockProblems(ipBlock.cidr, ipBlock.except ?? [], `${path}.ipBlock`, problem) : []),
  ];
}

function blockProblems(cidr: string, excepts: readonly string[], path: string, problem: Problem): string[] {
  const wrong = cidrProblem(cidr);
  const wrongExcepts = excepts.flatMap((except, at) => {
    const subset = () =>
      isStrictSubset(except, cidr) ? undefined : `"${except}" is not a smaller part of ${cidr}`;
    const what = cidrProblem(except) ?? (wrong === undefined ? subset() : undefined);
    return what === undefined ? [] : [problem(`${path}.except[${at}]`, what)];
  });
  return [...(wrong === undefined ? [] : [problem(`${path}.cidr`, wrong)]), ...wrongExcepts];
}

function selectorProblems(
  selector: LabelSelector | null | undefined,
  path: string,
  problem: Problem,
): readonly string[] {
  return (selector?.matchExpressions ?? []).flatMap(({ operator, values }, at) => {
    const needsValues = operator === 'In' || operator === 'NotIn';
    const hasValues = (values ?? []).length > 0;
    if (needsValues === hasValues) return [];
    const what = needsValues ? `${operator} needs values` : `${operator} takes no values`;
    return [problem(`${path}.matchExpressions[${at}].values`, what)];
  });
}

/** KEP-2079, "Validations", and the numbers and names that a port can have. */
function portProblems({ port, endPort }: PolicyPort, path: string, problem: Problem): readonly string[] {
  const ofPort =
    typeof port === 'string' ? portNameProblem(port) : outOfRange(port) ? `${port} is no port` : undefined;
  const ofEndPort = (): string | undefined => {
    if (typeof endPort !== 'number') return undefined;
    if (typeof port === 'string') return `cannot stand with the named port ${port}`;
    if (typeof port !== 'number') return 'needs port, where the range begins';
    if (outOfRange(endPort)) return `${endPort} is no port`;
    return endPort < port ? `${endPort} is less than port ${port}` : undefined;
  };
  const wrongEnd = ofEndPort();
  return [
    ...(ofPort === undefined ? [] : [problem(`${path}.port`, ofPort)]),
    ...(wrongEnd === undefined ? [] : [problem(`${path}.endPort`, wrongEnd)]),
  ];
}

function outOfRange(port: number | null | undefined): boolean {
  return typeof port === 'number' && (port < 1 || port > 65_535);
}

/** A number in quotes is a name to the API, and not a legal one. */
function portNameProblem(name: string): string | undefined {
  const legal = name.length <= 15 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && /[a-z]/.test(name);
  if (legal) return undefined;
  return /^\d+$/.test(name)
    ? `"${name}" in quotes is a name; write ${name}`
    : `"${name}" is no name of a port: at most 15 of a-z, 0-9 and single hyphens between, one letter at least`;
}

function namespaceProblems({ namespaces }: World): readonly string[] {
  return [
    ...repeated(namespaces.map(({ name }) => name)).map((name) => `namespace ${name}: is there twice`),
    ...namespaces
      .filter(({ name, labels }) => (labels[nameLabel] ?? name) !== name)
      .map(({ name, labels }) => `namespace ${name}: has the label ${nameLabel}=${labels[nameLabel]}`),
  ];
}

function endpointProblems({ pods, namespaces, addresses = [] }: World): readonly string[] {
  const known = new Set(namespaces.map(({ name }) => name));
  const podIPs = new Map(pods.filter((pod) => !pod.hostNetwork).map((pod) => [pod.ip, idOf(pod)]));
  const ends = [...pods, ...addresses];
  return [
    ...repeated(ends.map(idOf)).map((id) => `${id}: is there twice`),
    ...ends.filter(({ ip }) => !isAddress(ip)).map((end) => `${idOf(end)}: "${end.ip}" is no address`),
    ...pods
      .filter(({ namespace }) => !known.has(namespace))
      .map((pod) => `${idOf(pod)}: there is no namespace ${pod.namespace}`),
    ...pods.flatMap(ambiguousPorts),
    ...addresses
      .filter(({ ip }) => podIPs.has(ip))
      .map(({ id, ip }) => `${id}: ${ip} is the address of pod ${podIPs.get(ip)}`),
  ];
}

/** Containers of one pod may give one name to two ports; which of them a policy then means, nobody says. */
function ambiguousPorts(pod: Pod): readonly string[] {
  const names = (pod.ports ?? []).map(({ name, protocol }) => `${protocol} port ${name}`);
  return repeated(names).map((name) => `${idOf(pod)}: has its ${name} twice`);
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

/** What comes from YAML is of the type only when it has been parsed. */
function hasName(policy: NetworkPolicy): boolean {
  const metadata: { name?: unknown; namespace?: unknown } | undefined = policy?.metadata;
  return typeof metadata?.name === 'string' && typeof metadata.namespace === 'string';
}
