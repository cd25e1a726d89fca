import { isIPv4 } from 'node:net';
import { basename } from 'node:path';
import type { Feature } from './features.ts';
import type { Nodes } from './ports.ts';
import { reservedInBlocks } from './reserved-in-blocks.ts';

/** Where host-local keeps addresses, one a file: its default, and what a configuration names instead. */
const folders = `/var/lib/cni/networks $(sed -nE 's/.*"dataDir": *"([^"]+)".*/\\1/p' /etc/cni/net.d/* 2>/dev/null)`;

/** What is asked of a node, by what a line of the answer stands for. */
const looks = {
  device: 'ip -oneline link',
  address: 'ip -4 -oneline address',
  route: 'ip -4 -oneline route show table all',
  neighbour: 'ip -4 neighbour show nud permanent',
  reservation: `find ${folders} -type f 2>/dev/null || true`,
} as const;

type Kind = keyof typeof looks;

/** What each node holds, by its name; see {@link heldIn}. */
export type Held = ReadonlyMap<string, readonly string[]>;

/**
 * What nodes hold in their own network that is for single pods, and what is reserved for those.
 *
 * @param claims of the cluster: by `pods/calico-ipam` the blocks of Calico are read
 */
export async function heldBy(nodes: Nodes, claims: readonly Feature[]): Promise<Held> {
  const script = Object.entries(looks).map(([kind, command]) => `echo '# ${kind}'\n${command}`);
  const inBlocks = claims.includes('pods/calico-ipam')
    ? reservedInBlocks(nodes)
    : new Map<string, string[]>();
  const each = nodes.list.map(async ({ name }) => {
    const asked = nodes.run(name, ['sh', '-ec', script.join('\n')]);
    // Both at once: a refusal that comes while nobody waits for it ends the process.
    const [{ stdout }, reserved] = await Promise.all([asked, inBlocks]);
    return [name, [...heldIn(stdout), ...(reserved.get(name) ?? [])]] as const;
  });
  return new Map(await Promise.all(each));
}

/**
 * Reads the answers of a node.
 *
 * @returns its devices; of routes those to one address alone, whether to a device or to the node itself; addresses that
 *   were written down for good: `device veth3`, `route 10.1.0.7 dev cali1`, `reservation bridge/10.1.0.7`
 */
export function heldIn(printed: string): readonly string[] {
  let kind: Kind = 'device';
  const found = printed.split('\n').flatMap((line) => {
    const heading = /^# (\w+)$/.exec(line)?.[1];
    if (heading !== undefined) kind = heading as Kind;
    const what = line.trim() === '' || heading !== undefined ? undefined : readers[kind](line.trim());
    return what === undefined ? [] : [`${kind} ${what}`];
  });
  return [...new Set(found)];
}

const readers: Readonly<Record<Kind, (line: string) => string | undefined>> = {
  // `12: veth3@if2: <BROADCAST,…`
  device: (line) => /^\d+: ([^:@]+)/.exec(line)?.[1],
  // `3: cni0    inet 10.1.0.1/24 brd …`
  address: (line) => /^\d+: (\S+) +inet (\S+)/.exec(line)?.slice(1).reverse().join(' of '),
  // `10.1.0.7 dev cali1 scope link`; a type goes before, where it is not unicast
  route: (line) => /^(?:local )?([\d.]+ (?:via \S+ )?dev \S+)/.exec(line)?.[1],
  neighbour: (line) => /^\S+ dev \S+/.exec(line)?.[0],
  // Beside them are a lock and the last address that was given.
  reservation: (line) => (isIPv4(basename(line)) ? line.split('/').slice(-2).join('/') : undefined),
};

/** What nodes hold in the second look and did not in the first, each with its node before it. */
export function heldSince(before: Held, after: Held): readonly string[] {
  return [...after].flatMap(([node, things]) => {
    const known = new Set(before.get(node));
    return things.filter((thing) => !known.has(thing)).map((thing) => `${node}: ${thing}`);
  });
}
