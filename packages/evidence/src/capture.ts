import type { Nodes } from '@netproof/core';

/** A capture that runs in a node. */
export interface Capture {
  readonly node: string;
  /** The folder in the node with what was captured. */
  readonly folder: string;
  readonly pid: string;
}

/** What a capture came to: the file for Wireshark, and what tcpdump makes of it. */
export interface Captured {
  readonly pcap: Buffer;
  readonly text: string;
}

/** Enough for a probe of three attempts that crosses three devices of a node, and for a short sample. */
const packets = 300;

/*
 * `any` shows a packet on every device that it crosses, with the device's name. It prints that it listens when
 * its socket is open. It ends by itself after its bound, so that a harness that dies leaves no capture behind.
 * Its process is remembered at once: what reads its words is a job too, and the last one then.
 */
const begin = `rm -rf /tmp/netproof-capture.*
folder=$(mktemp -d /tmp/netproof-capture.XXXXXX) || exit 1
timeout "$1" tcpdump -Z root -i any -n --immediate-mode -U -s "$3" -c ${packets} -w "$folder/pcap" "$2" \
  >/dev/null 2>"$folder/said" </dev/null &
pid=$!
while read -r line; do
  case $line in *'listening on'*) echo "$folder $pid"; exit 0;; esac
done < <(tail -n +1 --pid=$pid -s 0.1 -f "$folder/said" 2>/dev/null)
cat "$folder/said" >&2
exit 1`;

const end = `kill "$2" 2>/dev/null
tail --pid="$2" -s 0.1 -f /dev/null
base64 -w 0 "$1/pcap"; echo
cat "$1/said"
tcpdump -r "$1/pcap" -n 2>/dev/null
rm -rf "$1"`;

/**
 * Starts a capture and waits until it listens.
 *
 * @param plan.seconds after which it ends by itself
 * @param plan.bytes so many of each packet are kept
 */
export async function startCapture(
  nodes: Nodes,
  node: string,
  plan: { readonly filter: string; readonly seconds: number; readonly bytes: number },
): Promise<Capture> {
  const { filter, seconds, bytes } = plan;
  const argv = ['bash', '-c', begin, 'bash', String(seconds), filter, String(bytes)];
  const { stdout } = await nodes.run(node, argv);
  const [folder = '', pid = ''] = stdout.trim().split(' ');
  return { node, folder, pid };
}

/** Ends a capture, and leaves nothing of it in the node. */
export async function endCapture(nodes: Nodes, { node, folder, pid }: Capture): Promise<Captured> {
  const { stdout } = await nodes.run(node, ['bash', '-c', end, 'bash', folder, pid]);
  const [encoded = '', ...text] = stdout.split('\n');
  return { pcap: Buffer.from(encoded, 'base64'), text: text.join('\n') };
}

/** A pcap filter for what goes between these addresses at one of these ports, and what routers say of it. */
export function filterOf(addresses: readonly string[], ports: readonly number[]): string {
  const hosts = [...new Set(addresses)].map((address) => `host ${address}`).join(' or ');
  const at = [...new Set(ports)].map((port) => `port ${port}`).join(' or ');
  return `(${hosts}) and (${at} or icmp or icmp6)`;
}
