import { isIPv4 } from 'node:net';
import type { Nodes } from '@netproof/core';

/** The table that asks the kernel to trace packets of a pair. */
export const traceTable = 'netproof-trace';

/** A trace that runs in a node. */
export interface Trace {
  /** The folder in the node with what was traced. */
  readonly folder: string;
  readonly pids: readonly string[];
}

/*
 * kube-proxy's rules in nftables mode count nothing, so there the kernel is asked to tell which rules a packet meets
 * (nft(8), monitor trace). Which packets says a table that is owned by the process that made it: the kernel removes it
 * when that ends, which it does by itself after the bound. /proc/net/netlink tells when somebody listens to traces
 * (netfilter's protocol is 12, the group is NFNLGRP_NFTRACE). Prints nothing on a node without kube-proxy's table.
 */
const begin = `case $(nft list tables ip 2>/dev/null) in *'ip kube-proxy'*) ;; *) exit 0 ;; esac
rm -rf /tmp/${traceTable}.*
folder=$(mktemp -d /tmp/${traceTable}.XXXXXX) && mkfifo "$folder/commands" || exit 1
timeout "$1" nft monitor trace >"$folder/trace" 2>"$folder/said" </dev/null &
monitor=$!
timeout "$1" nft -i <>"$folder/commands" >>"$folder/said" 2>&1 &
table=$!
printf '%s\\n' "$2" >"$folder/commands"
until nft list table ip ${traceTable} 2>/dev/null | grep -q 'nftrace set 1' &&
  grep -qE '^[0-9a-f]+ +12 +[0-9]+ +00000100 ' /proc/net/netlink; do
  kill -0 "$monitor" "$table" || { cat "$folder/said" >&2; exit 1; }
  sleep 0.05
done
echo "$folder $monitor $table"`;

const end = `folder=$1; shift
kill "$@" 2>/dev/null
for pid do tail --pid="$pid" -s 0.1 -f /dev/null; done
cat "$folder/trace"
rm -rf "$folder"`;

/**
 * Starts to trace what goes to these addresses at these ports, and from them, and waits until it is traced.
 *
 * @param plan.seconds after which it ends by itself
 * @returns undefined on a node whose kube-proxy does not use nftables
 */
export async function startTrace(
  nodes: Nodes,
  node: string,
  plan: {
    readonly addresses: readonly string[];
    readonly ports: readonly number[];
    readonly seconds: number;
  },
): Promise<Trace | undefined> {
  const addresses = [...new Set(plan.addresses)].filter(isIPv4);
  if (addresses.length === 0) return undefined;
  const commands = traceCommands(addresses, [...new Set(plan.ports)]);
  const { stdout } = await nodes.run(node, ['bash', '-c', begin, 'bash', String(plan.seconds), commands]);
  const [folder = '', ...pids] = stdout.trim().split(' ');
  return pids.length === 2 ? { folder, pids } : undefined;
}

/** Ends a trace, and leaves nothing of it in the node. */
export async function endTrace(nodes: Nodes, node: string, { folder, pids }: Trace): Promise<string> {
  return (await nodes.run(node, ['bash', '-c', end, 'bash', folder, ...pids])).stdout;
}

/** Before any rule: what comes in, and what the node itself sends. A packet stays traced when it is rewritten. */
function traceCommands(addresses: readonly string[], ports: readonly number[]): string {
  const some = (all: readonly unknown[]) => `{ ${all.join(', ')} }`;
  const table = `ip ${traceTable}`;
  const chains = ['prerouting', 'output'].flatMap((hook) => [
    `add chain ${table} ${hook} { type filter hook ${hook} priority -350; }`,
    `add rule ${table} ${hook} meta l4proto { tcp, udp } ip daddr ${some(addresses)} th dport ${some(ports)} meta nftrace set 1`,
    `add rule ${table} ${hook} meta l4proto { tcp, udp } ip saddr ${some(addresses)} th sport ${some(ports)} meta nftrace set 1`,
  ]);
  return [`add table ${table} { flags owner; }`, ...chains].join('; ');
}

/**
 * The rules that packets met, and policies that dropped them.
 *
 * @param trace output of `nft monitor trace`
 * @returns `+3  ip kube-proxy services: ip daddr … vmap @service-ips (goto service-…)`, in the order in which they were met
 */
export function traced(trace: string): readonly string[] {
  const rules = trace.split('\n').flatMap((line) => {
    const [, place, chain, rule, verdict] =
      /^trace id \S+ (\S+ \S+) (\S+) (?:rule (.*) )?\(?(?:verdict|policy) ([^)]*?)\)?\s*$/.exec(line) ?? [];
    if (place === undefined || place.endsWith(` ${traceTable}`)) return [];
    if (rule === undefined) return verdict === 'drop' ? [`${place} ${chain}: policy drop`] : [];
    return [`${place} ${chain}: ${rule.replace(/packets \d+ bytes \d+ /, '')} (${verdict})`];
  });
  const counts = [...Map.groupBy(rules, (rule) => rule)];
  return counts.map(([rule, same]) => `${`+${same.length}`.padStart(6)}  ${rule}`);
}
