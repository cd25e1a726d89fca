/** An address and, where the packet has one, a port. */
export interface End {
  readonly address: string;
  readonly port: number | undefined;
}

/** A packet on one device of a node. */
export interface Packet {
  readonly device: string;
  readonly way: 'in' | 'out';
  readonly from: End;
  readonly to: End;
  /** Whether it was inside another one: VXLAN. */
  readonly tunnelled: boolean;
  /** What tcpdump says of it behind its addresses: `Flags [S], seq 1, …`, `UDP, length 18`, `ICMP …`. */
  readonly text: string;
}

/** What a node's capture shows. */
export interface Seen {
  /** In the order in which they were captured. */
  readonly packets: readonly Packet[];
  /** Whether nothing is missing: it was ended and did not end by itself, and the kernel dropped nothing. */
  readonly whole: boolean;
}

/** @param text what `tcpdump -i any -n` prints (libpcap 1.10 or later), and what it says when it is ended */
export function seenIn(text: string, packetsAtMost: number): Seen {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    // What is inside a tunnel's packet is on a line of its own.
    if (/^IP6? /.test(line) && lines.length > 0) lines.push(`${lines.pop()} ${line}`);
    else lines.push(line);
  }
  const captured = Number(/^(\d+) packets? captured$/m.exec(text)?.[1] ?? Number.NaN);
  const dropped = Number(/^(\d+) packets? dropped by kernel$/m.exec(text)?.[1] ?? Number.NaN);
  return { packets: lines.flatMap(packetIn), whole: captured < packetsAtMost && dropped === 0 };
}

function packetIn(line: string): Packet[] {
  // `P` is for another host's link address: to the bridge of which the device is a port.
  const [, device = '', direction, rest = ''] = /^\S+ (\S+)\s+(In|Out|P|B|M)\s+(IP6? .*)$/.exec(line) ?? [];
  const layers = [...rest.matchAll(/\bIP6? (\S+) > (\S+): (.*?)(?= IP6? \S+ > |$)/g)];
  const [, from, to, text = ''] = layers.at(-1) ?? [];
  if (from === undefined || to === undefined) return [];
  const ported = !text.startsWith('ICMP');
  return [
    {
      device,
      way: direction === 'Out' ? 'out' : 'in',
      from: endOf(from, ported),
      to: endOf(to, ported),
      tunnelled: layers.length > 1,
      text,
    },
  ];
}

/** @param written `10.1.0.2.8080`, `fd00::2.8080` */
function endOf(written: string, ported: boolean): End {
  const dot = written.lastIndexOf('.');
  if (!ported || dot < 0) return { address: written, port: undefined };
  return { address: written.slice(0, dot), port: Number(written.slice(dot + 1)) };
}

/** `10.1.0.2:8080`. */
export function written({ address, port }: End): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
