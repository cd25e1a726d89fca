import { BlockList, isIPv4 } from 'node:net';
import type { LabelSelector, Peer, PolicyPort } from '../network-policy.ts';
import type { ServedPort } from '../port.ts';
import type { Pod, World } from '../world.ts';

/**
 * The oracle's question answered a second time, another way and with other means: by listing all traffic that each
 * policy lets through. It knows no explanations and nothing that is left open, and shares no code with the oracle.
 *
 * @returns what may pass, as `x/a y/b TCP 80`
 */
export function letThrough(
  { pods, namespaces, addresses = [], policies }: World,
  ports: readonly ServedPort[],
): ReadonlySet<string> {
  const podOf = new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
  const ipOf = new Map([
    ...pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod.ip] as const),
    ...addresses.map(({ id, ip }) => [id, ip] as const),
  ]);
  const everyone = [...ipOf.keys()];
  const wanted = ports.map(({ protocol, port }) => `${protocol} ${port}`);

  function peersOf(peer: Peer, home: string): readonly string[] {
    if (peer.ipBlock) {
      const { cidr, except } = peer.ipBlock;
      return everyone.filter((id) => has([cidr], ipOf.get(id)!) && !has(except ?? [], ipOf.get(id)!));
    }
    const homes = namespaces
      .filter(({ name, labels }) =>
        peer.namespaceSelector
          ? fits(peer.namespaceSelector, { 'kubernetes.io/metadata.name': name, ...labels })
          : name === home,
      )
      .map(({ name }) => name);
    return everyone.filter((id) => {
      const pod = podOf.get(id);
      return (
        pod && homes.includes(pod.namespace) && (!peer.podSelector || fits(peer.podSelector, pod.labels))
      );
    });
  }

  function portsOf({ protocol, port, endPort }: PolicyPort, server: Pod | undefined): readonly string[] {
    const kind = protocol ?? 'TCP';
    if (typeof port === 'string')
      return (server?.ports ?? [])
        .filter((one) => one.name === port && one.protocol === kind)
        .map((one) => `${kind} ${one.port}`);
    if (typeof port !== 'number') return wanted.filter((one) => one.startsWith(kind));
    const length = (endPort ?? port) - port + 1;
    return Array.from({ length }, (_, more) => `${kind} ${port + more}`);
  }

  /** Everything that one direction's policies of each end let through. */
  function side(direction: 'Ingress' | 'Egress'): ReadonlySet<string> {
    const passes = new Set<string>();
    for (const me of everyone) {
      const pod = podOf.get(me);
      const mine = policies.filter(({ metadata, spec }) => {
        const types = spec?.policyTypes?.length
          ? spec.policyTypes
          : ['Ingress', ...(spec?.egress?.length ? ['Egress'] : [])];
        const selected =
          pod && metadata.namespace === pod.namespace && fits(spec?.podSelector ?? {}, pod.labels);
        return selected && types.includes(direction);
      });
      const rules = mine.flatMap(({ metadata, spec }) =>
        direction === 'Ingress'
          ? (spec?.ingress ?? []).map((rule) => ({
              home: metadata.namespace,
              peers: rule.from,
              ports: rule.ports,
            }))
          : (spec?.egress ?? []).map((rule) => ({
              home: metadata.namespace,
              peers: rule.to,
              ports: rule.ports,
            })),
      );
      const anything = { home: '', peers: undefined, ports: undefined };
      for (const rule of mine.length === 0 ? [anything] : rules) {
        const others = rule.peers?.length ? rule.peers.flatMap((peer) => peersOf(peer, rule.home)) : everyone;
        for (const other of others) {
          const [from, to] = direction === 'Ingress' ? [other, me] : [me, other];
          const on = rule.ports?.length ? rule.ports.flatMap((port) => portsOf(port, podOf.get(to))) : wanted;
          for (const port of on) passes.add(`${from} ${to} ${port}`);
        }
      }
    }
    return passes;
  }

  return side('Ingress').intersection(side('Egress'));
}

function fits(
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  const missed = Object.entries(matchLabels ?? {}).filter(([key, value]) => labels[key] !== value);
  const failed = (matchExpressions ?? []).filter(({ key, operator, values }) => {
    const listed = key in labels && (values ?? []).includes(labels[key]!);
    return { In: !listed, NotIn: listed, Exists: !(key in labels), DoesNotExist: key in labels }[operator];
  });
  return missed.length + failed.length === 0;
}

/** A BlockList alone would find 10.1.0.1 in ::/0, as the mapped address that it could be written as. */
function has(cidrs: readonly string[], ip: string): boolean {
  const family = isIPv4(ip) ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', bits] = cidr.split('/');
    if (isIPv4(network) === isIPv4(ip)) list.addSubnet(network, Number(bits), family);
  }
  return list.check(ip, family);
}
