import fc from 'fast-check';
import { cidrAround, inCidr } from '../cidr.ts';
import {
  type IPBlock,
  type LabelSelector,
  type NetworkPolicy,
  type Peer,
  type PolicyPort,
  policyProtocols,
  type Rule,
} from '../network-policy.ts';
import type { ServedPort } from '../port.ts';
import type { World } from '../world.ts';
import { policyOf } from './policy-of.ts';

/** What random policies are about: their selectors, blocks and ports are of these, or just beside them. */
export interface Scope extends Omit<World, 'policies'> {
  readonly ports: readonly ServedPort[];
}

/** Up to so many policies that an API server takes, with names of their own; each field may be missing or empty. */
export function policiesAbout(scope: Scope, maxLength = 4): fc.Arbitrary<readonly NetworkPolicy[]> {
  const namespace = fc.constantFrom(...scope.namespaces.map(({ name }) => name));
  const one = fc.tuple(namespace, specsAbout(scope));
  return fc
    .array(one, { maxLength })
    .map((all) => all.map(([name, spec], index) => policyOf(`${name}/p${index}`, spec)));
}

/** One rule, as of `ingress` or `egress`. */
export function rulesAbout(scope: Scope): fc.Arbitrary<Partial<Rule>> {
  const peers = fc.array(peersAbout(scope), { maxLength: 3 });
  const ports = fc.array(portsAbout(scope), { maxLength: 3 });
  return fc.record({ peers, ports }, { requiredKeys: [] });
}

/** The rule as a field of a policy has it. */
export const asIngress = ({ peers: from, ports }: Partial<Rule>) => ({
  ...(from && { from }),
  ...(ports && { ports }),
});
export const asEgress = ({ peers: to, ports }: Partial<Rule>) => ({
  ...(to && { to }),
  ...(ports && { ports }),
});

function specsAbout(scope: Scope): fc.Arbitrary<NonNullable<NetworkPolicy['spec']>> {
  const rules = fc.array(rulesAbout(scope), { maxLength: 3 });
  const some = selectorsOf(scope.pods.map(({ labels }) => labels));
  return fc.record(
    {
      // All pods as often as some: a policy that selects nobody says nothing.
      podSelector: fc.oneof(fc.constant({}), some),
      policyTypes: fc.subarray(['Ingress', 'Egress'] as const),
      ingress: rules.map((all) => all.map(asIngress)),
      egress: rules.map((all) => all.map(asEgress)),
    },
    { requiredKeys: [] },
  );
}

function peersAbout(scope: Scope): fc.Arbitrary<Peer> {
  const podSelector = selectorsOf(scope.pods.map(({ labels }) => labels));
  const namespaceSelector = selectorsOf(scope.namespaces.map(({ labels }) => labels));
  const ips = [...scope.pods, ...(scope.addresses ?? [])].map(({ ip }) => ip);
  return fc.oneof(
    fc.record({ podSelector }),
    fc.record({ namespaceSelector }),
    fc.record({ podSelector, namespaceSelector }),
    fc.record({ ipBlock: blocksOf(ips) }),
  );
}

/** Selectors over the labels of some objects, and over one that none has. */
function selectorsOf(all: readonly Readonly<Record<string, string>>[]): fc.Arbitrary<LabelSelector> {
  const pairs = [...all.flatMap((labels) => Object.entries(labels)), ['nobody', 'has-this'] as const];
  const key = fc.constantFrom(...new Set(pairs.map(([name]) => name)));
  const values = fc.subarray([...new Set(pairs.map(([, value]) => value))], { minLength: 1, maxLength: 3 });
  const requirement = fc.oneof(
    fc.record({ key, operator: fc.constantFrom('In' as const, 'NotIn' as const), values }),
    fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
  );
  return fc.record(
    {
      matchLabels: fc
        .array(fc.constantFrom(...pairs), { maxLength: 1 })
        .map((some) => Object.fromEntries(some)),
      matchExpressions: fc.array(requirement, { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );
}

/** Blocks around these addresses, with smaller ones around others of them left out. */
function blocksOf(ips: readonly string[]): fc.Arbitrary<IPBlock> {
  return fc
    .constantFrom(...ips)
    .chain((ip) => within(ip, 0))
    .chain((cidr) => {
      const bits = Number(cidr.split('/')[1]);
      const inside = ips.filter((ip) => bitsOf(ip) > bits && inCidr(ip, cidr));
      if (inside.length === 0) return fc.constant({ cidr });
      const hole = fc.constantFrom(...inside).chain((ip) => within(ip, bits + 1));
      const except = fc.array(hole, { maxLength: 2 });
      return fc.record({ cidr: fc.constant(cidr), except }, { requiredKeys: ['cidr'] });
    });
}

/** Blocks that an address is in, of at least so many bits. */
function within(ip: string, min: number): fc.Arbitrary<string> {
  return fc.integer({ min, max: bitsOf(ip) }).map((bits) => cidrAround(ip, bits));
}

function bitsOf(ip: string): number {
  return ip.includes(':') ? 128 : 32;
}

function portsAbout({ pods, ports }: Scope): fc.Arbitrary<PolicyPort> {
  const protocol = fc.constantFrom(...policyProtocols);
  const port = fc.constantFrom(...new Set(ports.flatMap((one) => [one.port, one.port + 1])));
  const names = [{ name: 'nobody-has-this' }, ...pods.flatMap((pod) => pod.ports ?? [])];
  return fc.oneof(
    fc.record({ port, protocol }, { requiredKeys: [] }),
    fc
      .record({ port, protocol, more: fc.nat(3) }, { requiredKeys: ['port', 'more'] })
      .map(({ more, ...range }) => ({ ...range, endPort: range.port + more })),
    fc.record(
      { port: fc.constantFrom(...names).map(({ name }) => name), protocol },
      { requiredKeys: ['port'] },
    ),
    // With its own protocol, or else most names match nothing.
    fc.constantFrom(...names).map(({ name, ...own }) => ({
      port: name,
      ...('protocol' in own && { protocol: own.protocol }),
    })),
  );
}
