import { directionsOf, nameOf } from './network-policy.ts';
import { describePeer } from './peer.ts';
import { describePort, type ServedPort } from './port.ts';
import type { Decision, Reading, RuleReading } from './verdict.ts';
import { idOf, isPod, type PolicyEndpoint } from './world.ts';

/**
 * A decision in one sentence that begins with its verdict: the rules that allow, else the policies that isolate and
 * why each of their rules does not. Rules, peers and ports are counted from 0, as in a path such as
 * `spec.ingress[0].from[1]`.
 */
export function explainDecision(decision: Decision): string {
  if (decision.leftOpen === undefined) return `${decision.verdict}: ${reasons(decision)}`;
  const otherwise = `between any other two it would be ${decision.read}: ${reasons(decision)}`;
  return `implementation-defined: ${decision.leftOpen}; ${otherwise}`;
}

/** Only the sides that make it what it is: a side that allows says nothing of why the other denies. */
function reasons({ egress, ingress, read, traffic }: Decision): string {
  const sides = [egress, ingress];
  const deciding = read === 'allowed' ? sides : sides.filter(({ verdict }) => verdict === read);
  return deciding.map((side) => describeSide(side, traffic, traffic.to)).join('; ');
}

function describeSide(side: Reading, traffic: ServedPort, destination: PolicyEndpoint): string {
  const { direction, subject, peer, isolatedBy, rules, by } = side;
  const what = `${direction.toLowerCase()} of ${idOf(subject)}`;
  if (!isPod(subject)) return `${idOf(subject)} is no pod, so no policy isolates it`;
  if (isolatedBy.length === 0) return `${what} is open (no policy of type ${direction} selects it)`;
  if (by) {
    const open =
      by.match === 'open'
        ? ', but whether an ipBlock is held against a rewritten address is not defined'
        : '';
    return `${what}: ${describeHit(by, destination)}${open}`;
  }
  const names = isolatedBy.map((policy) => `${nameOf(policy)} (${describeTypes(policy)})`).join(', ');
  const traffics = `${idOf(peer)} on ${traffic.protocol} ${traffic.port}`;
  const whose = isolatedBy.length === 1 ? 'its' : 'their';
  const count =
    rules.length === 1
      ? `${whose} only rule does not allow ${traffics}`
      : `none of ${whose} ${rules.length} rules allows ${traffics}`;
  const misses = rules.map((rule) => describeMiss(rule, peer, traffic, destination));
  return [`${what} is isolated by ${names} and ${count}`, ...misses].join('; ');
}

function describeTypes(policy: Parameters<typeof directionsOf>[0]): string {
  const byDefault = (policy.spec?.policyTypes ?? []).length === 0 ? ' by default' : '';
  return `policyTypes: ${directionsOf(policy).join(', ')}${byDefault}`;
}

function describeHit({ policy, index, rule, peer, port }: RuleReading, destination: PolicyEndpoint): string {
  const byPeer =
    peer.index === undefined ? 'any peer' : `peer ${peer.index} (${describePeer(rule.peers[peer.index]!)})`;
  const byPort =
    port.index === undefined
      ? 'any port'
      : `port ${port.index} (${describePort(rule.ports[port.index]!, destination)})`;
  return `${nameOf(policy)} rule ${index}, ${byPeer}, ${byPort}`;
}

function describeMiss(
  { policy, index, rule, peer: peerHit, port: portHit }: RuleReading,
  peer: PolicyEndpoint,
  traffic: ServedPort,
  destination: PolicyEndpoint,
): string {
  const peers = rule.peers.map(describePeer).join('; ');
  const ports = rule.ports.map((port) => describePort(port, destination)).join('; ');
  const missed = [
    ...(peerHit.match === 'no' ? [`${idOf(peer)} is none of its peers (${peers})`] : []),
    ...(portHit.match === 'no'
      ? [`${traffic.protocol} ${traffic.port} is none of its ports (${ports})`]
      : []),
  ];
  return `${nameOf(policy)} rule ${index}: ${missed.join(' and ')}`;
}
