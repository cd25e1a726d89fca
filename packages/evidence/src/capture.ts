import { isIPv4 } from 'node:net';
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

/** Enough for a short sample: 20 connections of 14 packets, each on four devices of a node. A full capture proves nothing. */
export const packetsAtMost = 2000;

/*
 * `any` shows a packet on every device that it crosses, with the device's name. It prints that it listens when
 * its socket is open. It ends by itself after its bound, so that a harness that dies leaves no capture behind.
 * The file of its words is there before it: what reads them may be faster. Its process is remembered at once: what
 * reads its words is a job too, and the last one then.
 */
const begin = `rm -rf /tmp/netproof-capture.*
folder=$(mktemp -d /tmp/netproof-capture.XXXXXX) || exit 1
: >"$folder/said"
timeout "$1" tcpdump -Z root -i any -n --immediate-mode -U -s "$3" -c ${packetsAtMost} -w "$folder/pcap" "$2" \
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

/**
 * A pcap filter for what goes between these addresses at one of these ports, and what routers say of it; and for VXLAN
 * with one of these addresses inside.
 */
export function filterOf(addresses: readonly string[], ports: readonly number[]): string {
  const each = [...new Set(addresses)];
  const hosts = each.map((address) => `host ${address}`).join(' or ');
  const at = [...new Set(ports)].map((port) => `port ${port}`).join(' or ');
  const plain = `(${hosts}) and (${at} or icmp or icmp6)`;
  const inside = each.flatMap((address) =>
    isIPv4(address) ? inVxlan.map((offset) => `udp[${offset}:4] = ${hexadecimal(address)}`) : [],
  );
  if (inside.length === 0) return plain;
  return `(${plain}) or ((udp port 4789 or udp port 8472) and (${inside.join(' or ')}))`;
}

/** Where the inner packet's source and destination are, behind the headers of UDP, VXLAN and Ethernet, in bytes. */
const inVxlan = [42, 46];

function hexadecimal(address: string): string {
  return `0x${address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')}`;
}
