import type { Nodes } from '@netproof/core';
import { traceTable } from './trace.ts';

/** So much of one command's output is kept, in bytes. */
const longest = 200_000;
const script = `longest=$1; shift
for command in "$@"; do
  printf '$ %s\\n' "$command"
  sh -c "$command" 2>&1 | head -c "$longest"
  echo
done`;

/**
 * What commands of a node say, each below its own line. One that fails or that the node does not have says so
 * in its place.
 */
export async function said(nodes: Nodes, node: string, commands: readonly string[]): Promise<string> {
  const { stdout } = await nodes.run(node, ['sh', '-c', script, 'sh', String(longest), ...commands]);
  return stdout;
}

/** Addresses, routes and neighbours, bridges with their ports, and what decides on forwarding. */
export const network: readonly string[] = [
  'ip -brief address',
  'ip rule',
  'ip route show table all',
  'ip neighbour',
  // One table for all network namespaces of a kernel: each of its `table_fulls` is a neighbour that found no room.
  'ip -statistics ntable show name arp_cache',
  // What connection tracking refused itself (insert_failed, drop), which no rule's counter shows.
  'conntrack --stats',
  // A line for each CPU of the machine, in hex; the second figure is what its queue had no room for, of all nodes at once.
  'cat /proc/net/softnet_stat',
  // What kind of device each is: a bridge's settings, a tunnel's ends.
  'ip -details -statistics link',
  // Each port's state, and whether it sends back where it came from (hairpin).
  'bridge -details link',
  'bridge fdb show',
  'sysctl net.ipv4.ip_forward net.ipv4.conf.all.rp_filter net.bridge.bridge-nf-call-iptables',
];

/** Rules with their counters. What iptables holds stands there alone and not once more as nftables; our trace is left out. */
export function rules(addresses: readonly string[]): readonly string[] {
  const version6 = addresses.some((address) => address.includes(':'));
  return [
    'iptables-save -c',
    ...(version6 ? ['ip6tables-save -c'] : []),
    `nft list tables 2>/dev/null | grep -vE '^table ip6? (filter|nat|mangle|raw|security|${traceTable})$' |
  while read -r table; do nft list $table; done`,
    'ipset list',
  ];
}

/**
 * Which way the node would send packets of a pair, there and back, by the device on which they would come in.
 *
 * @param local whether the client is in the node's own network: its packets come in by no device
 */
export function ways(from: string, to: readonly string[], local: boolean): readonly string[] {
  const device = (address: string) => `$(ip -o route get ${address} | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p')`;
  return to.flatMap((address) => [
    local
      ? `ip route get ${address} from ${from}`
      : `ip route get ${address} from ${from} iif ${device(from)}`,
    `ip route get ${from} from ${address} iif ${device(address)}`,
  ]);
}
