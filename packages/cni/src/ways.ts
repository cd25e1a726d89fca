/** An entry of a routing table, as `ip -json route` (ip-route(8)) gives it. */
export interface Way {
  /** `default`, `10.1.2.0/24` or a single address. */
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  /** Absent for routes that lead somewhere: `local`, `unreachable`, … */
  readonly type?: string;
  readonly nexthops?: readonly object[];
  readonly metrics?: readonly { readonly mtu?: number }[];
}

const script = `for address in "$@"; do
  echo "to: $address"
  ip -json route get fibmatch "$address" || test $? = 2
done`;

/**
 * Asks the kernel of a node by which entry it would send to each address, for {@link readWays}. The entry itself, not
 * what comes of it: that knows MTUs which were learned on the way, and forgets them again.
 */
export function askWays(addresses: readonly string[]): readonly string[] {
  return ['sh', '-c', script, 'sh', ...addresses];
}

/** By address; undefined where the kernel says that there is no way. */
export function readWays(stdout: string): ReadonlyMap<string, Way | undefined> {
  const ways = new Map<string, Way | undefined>();
  let address = '';
  for (const line of stdout.split('\n')) {
    const heading = /^to: (\S+)/.exec(line)?.[1];
    address = heading ?? address;
    if (heading !== undefined) ways.set(heading, undefined);
    else if (line.startsWith('[')) ways.set(address, (JSON.parse(line) as Way[])[0]);
  }
  return ways;
}

/** Where it leads: `via 172.18.0.4 dev eth0`. Two entries that lead to the same are the same way. */
export function describeWay(way: Way | undefined): string {
  if (way === undefined) return 'nowhere';
  const { type, gateway, dev, nexthops } = way;
  const words = [
    type,
    gateway && `via ${gateway}`,
    dev && `dev ${dev}`,
    nexthops && JSON.stringify(nexthops),
  ];
  return words.filter(Boolean).join(' ');
}
