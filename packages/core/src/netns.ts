import type { Endpoint } from './endpoint.ts';
import { exitCode, NetproofError } from './error.ts';
import type { Nodes } from './ports.ts';

/*
 * The network namespaces of a node's pods. Container runtimes bind them below /run/netns under names of their own,
 * where ip-netns(8) finds them.
 */

/** What a container runtime calls the interface of a pod. */
export const podDevice = 'eth0';

/** A command as it is run in a network namespace of a node; in the node's own without one. */
export function within(netns: string | undefined, argv: readonly string[]): readonly string[] {
  return netns === undefined ? argv : ['ip', 'netns', 'exec', netns, ...argv];
}

/**
 * A command in every network namespace that has a name; each one's output follows a line `netns: NAME`. One that goes away
 * meanwhile, with its pod, is no failure.
 */
export function inEveryNetns(argv: readonly string[]): readonly string[] {
  return ['sh', '-c', everyNetns, 'sh', ...argv];
}

/** Runs its arguments. */
export const everyNetns = `for path in /run/netns/*; do
  netns=\${path##*/}
  test -e "$path" || continue
  echo "netns: $netns"
  ip netns exec "$netns" "$@" || { status=$?; test ! -e "$path" || exit $status; }
done`;

/** The name in such a line; undefined for any other line. */
export function netnsHeading(line: string): string | undefined {
  return /^netns: (\S+)/.exec(line)?.[1];
}

/**
 * The network namespaces of pods, found by the pods' addresses.
 *
 * @returns the name of each by the pod's id
 * @throws NetproofError `NO_NETNS`
 */
export async function netnsOf(nodes: Nodes, pods: readonly Endpoint[]): Promise<(pod: Endpoint) => string> {
  const found = new Map<string, string>();
  const byNode = [...Map.groupBy(pods, ({ node }) => node)].map(async ([node, here]) => {
    const { stdout } = await nodes.run(node, inEveryNetns(['ip', '-oneline', 'address']));
    let netns = '';
    for (const line of stdout.split('\n')) {
      netns = netnsHeading(line) ?? netns;
      for (const { id, ip } of here) if (line.includes(` ${ip}/`)) found.set(id, netns);
    }
  });
  await Promise.all(byNode);
  return ({ id, node, ip }) => {
    const netns = found.get(id);
    if (netns !== undefined && netns !== '') return netns;
    throw new NetproofError(`${node} has no network namespace with the address of ${id}, ${ip}`, {
      code: 'NO_NETNS',
      exit: exitCode.defect,
    });
  };
}
