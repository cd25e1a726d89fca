import { type Endpoint, inEveryNetns, type Nodes, netnsHeading, runAll } from '@netproof/core';
import { addressOf, blockOf, isInside } from './block.ts';
import { askWays, readWays, type Way } from './ways.ts';

/** How large a packet may be, in bytes of IP, on the way from one place to one peer. */
interface Hop {
  readonly device: string;
  /** Of the device. */
  readonly mtu: number;
  /** The same, or what the route allows, where that is less. */
  readonly allowed: number;
}

/** What carries packets of pods in others, and how many bytes it adds to each at least, over IPv4. */
interface Encapsulation {
  readonly kind: string;
  readonly bytes: number;
  /** The way to the peer's node, which these others go. */
  readonly under: Hop;
}

/** What one pod sends to a pod of another node: by its own interface, then by its node's. */
export interface PodPath {
  readonly node: string;
  /** The pod's address. */
  readonly ip: string;
  readonly peer: string;
  readonly own: Hop;
  /** The device that leads to the peer, that of a tunnel where there is one: what it adds is off its MTU. */
  readonly link: Hop;
  /** Where that device is known to be one, or the cluster says so of all that pods send. */
  readonly encapsulation?: Encapsulation;
}

interface Link {
  readonly ifname: string;
  readonly mtu: number;
  readonly linkinfo?: { readonly info_kind?: string };
  readonly addr_info?: readonly { readonly family: string; readonly local?: string }[];
}

/** Bytes of each kind of device, as ip-link(8) names them, its outer header of IPv4 and an inner one of Ethernet included. */
const headers: Readonly<Record<string, number>> = {
  vxlan: 50, // RFC 7348, 5
  geneve: 50, // RFC 8926, 3, without options
  ipip: 20,
  sit: 20,
  gre: 24,
  gretap: 38,
  wireguard: 60,
};

/**
 * The paths of every pod with a network of its own to a probe pod of every other node, each node asked in one go.
 *
 * @param vxlan all that pods send to other nodes travels in VXLAN, though the device that leads there may be none
 */
export async function readPaths(
  nodes: Nodes,
  endpoints: readonly Endpoint[],
  vxlan = false,
): Promise<readonly PodPath[]> {
  const pods = endpoints.filter(({ kind }) => kind === 'pod');
  const all = nodes.list.map(async ({ name: node }) => {
    const peers = nodes.list.flatMap(({ name, ip }) => {
      const pod = pods.find((one) => one.node === name);
      return name === node || pod === undefined ? [] : [{ pod: pod.ip, node: ip }];
    });
    const [ways = '', links = '', linksOfPods = '', routesOfPods = ''] = await runAll(nodes, node, [
      askWays(peers.flatMap((peer) => [peer.pod, peer.node])),
      ['ip', '-json', '-details', 'link', 'show'],
      inEveryNetns(['ip', '-json', 'address', 'show']),
      inEveryNetns(['ip', '-json', 'route', 'show']),
    ]);
    const nodeLinks = JSON.parse(links) as Link[];
    const routes = byNetns<Way>(routesOfPods);
    const way = readWays(ways);
    return peers.flatMap(({ pod: peer, node: outer }) => {
      const link = hopOf(way.get(peer), nodeLinks);
      // A node without a way is no matter of size.
      if (link === undefined) return [];
      const kind = kindOf(link, nodeLinks) ?? (vxlan ? 'vxlan' : undefined);
      const under = kind && hopOf(way.get(outer), nodeLinks);
      const encapsulation = under && { kind, bytes: headers[kind] ?? 0, under };
      return [...byNetns<Link>(linksOfPods)].flatMap(([netns, podLinks]) => {
        const own = hopOf(mostSpecial(routes.get(netns) ?? [], peer), podLinks);
        const ip = addressAt(own, podLinks);
        // A pod that is on its way has no route yet.
        return own === undefined || ip === undefined
          ? []
          : [{ node, ip, peer, own, link, ...(encapsulation && { encapsulation }) }];
      });
    });
  });
  return (await Promise.all(all)).flat();
}

/** Lists as `ip -json` prints them, by the network namespaces whose names stand above them. */
function byNetns<T>(stdout: string): ReadonlyMap<string, readonly T[]> {
  const lists = new Map<string, readonly T[]>();
  let netns = '';
  for (const line of stdout.split('\n')) {
    netns = netnsHeading(line) ?? netns;
    if (line.startsWith('[')) lists.set(netns, JSON.parse(line) as T[]);
  }
  return lists;
}

function mostSpecial(routes: readonly Way[], address: string): Way | undefined {
  const target = addressOf(address);
  const blocks = routes.flatMap((way) => {
    const whole = way.dst === 'default' ? '0.0.0.0/0' : way.dst;
    const block = blockOf(whole.includes('/') ? whole : `${whole}/32`);
    return block && target && isInside(target, block) ? [{ way, size: block.last - block.first }] : [];
  });
  return blocks.reduce<(typeof blocks)[number] | undefined>(
    (best, one) => (best === undefined || one.size < best.size ? one : best),
    undefined,
  )?.way;
}

function hopOf(way: Way | undefined, links: readonly Link[]): Hop | undefined {
  const link = links.find(({ ifname }) => ifname === way?.dev);
  if (link === undefined) return undefined;
  const limits = (way?.metrics ?? []).flatMap(({ mtu }) => mtu ?? []);
  return { device: link.ifname, mtu: link.mtu, allowed: Math.min(link.mtu, ...limits) };
}

/** Its kind, where packets are carried in others by it. */
function kindOf({ device }: Hop, links: readonly Link[]): string | undefined {
  const kind = links.find(({ ifname }) => ifname === device)?.linkinfo?.info_kind;
  return kind !== undefined && kind in headers ? kind : undefined;
}

function addressAt(hop: Hop | undefined, links: readonly Link[]): string | undefined {
  const addresses = links.find(({ ifname }) => ifname === hop?.device)?.addr_info ?? [];
  return addresses.find(({ family }) => family === 'inet')?.local;
}

/**
 * What is wrong with the sizes on a path, in words: a pod whose interface, or whose route, lets through more than
 * the device or the route by which its node sends it on, or than what an encapsulation leaves of the way between nodes.
 */
export function pathProblem({ ip, peer, own, link, encapsulation }: PodPath): string | undefined {
  const pod = `${own.device} of ${ip}`;
  if (own.mtu > link.mtu)
    return `${pod} has an MTU of ${own.mtu}, ${link.device}, which leads to ${peer}, one of ${link.mtu}`;
  if (own.allowed > link.allowed)
    return `${pod} sends up to ${own.allowed} bytes, the route by ${link.device} to ${peer} takes ${link.allowed}`;
  if (encapsulation === undefined) return undefined;
  const { kind, bytes, under } = encapsulation;
  if (own.allowed + bytes > under.allowed)
    return `${pod} sends up to ${own.allowed} bytes, with ${kind} ${own.allowed + bytes}, the way by ${under.device} to the node of ${peer} takes ${under.allowed}`;
  return undefined;
}
