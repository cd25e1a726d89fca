import { type Endpoint, exitCode, NetproofError, type Nodes } from '@netproof/core';

/*
 * The network namespaces of a node's pods. Container runtimes bind them below /run/netns under names of their own,
 * where ip-netns(8) finds them.
 */

/** A command as it is run in a network namespace of a node; in the node's own without one. */
export function within(netns: string | undefined, argv: readonly string[]): readonly string[] {
  return netns === undefined ? argv : ['ip', 'netns', 'exec', netns, ...argv];
}

/** A command in every network namespace that has a name; each one's output follows a line `netns: NAME`. */
export function inEveryNetns(argv: readonly string[]): readonly string[] {
  return ['ip', '-all', 'netns', 'exec', ...argv];
}

/** The name in such a line; undefined for any other line. */
export function netnsHeading(line: string): string | undefined {
  return /^netns: (\S+)/.exec(line)?.[1];
}

/**
 * The network namespace of a pod, found by the pod's address.
 *
 * @throws NetproofError `NO_NETNS`
 */
export async function netnsOf(nodes: Nodes, { id, node, ip }: Endpoint): Promise<string> {
  const { stdout } = await nodes.run(node, inEveryNetns(['ip', '-oneline', 'address']));
  let netns: string | undefined;
  for (const line of stdout.split('\n')) {
    netns = netnsHeading(line) ?? netns;
    if (netns !== undefined && line.includes(` ${ip}/`)) return netns;
  }
  throw new NetproofError(`${node} has no network namespace with the address of ${id}, ${ip}`, {
    code: 'NO_NETNS',
    exit: exitCode.defect,
  });
}
