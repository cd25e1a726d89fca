import { type Endpoint, place } from '@netproof/core';
import { flowEnd } from './flow-end.ts';
import { type Captures, flowsOf } from './flows.ts';
import type { Path } from './hops.ts';
import { nodeAt, type Pair, serversOf } from './pairs.ts';

export interface Probed {
  readonly pair: Pair;
  readonly endpoints: readonly Endpoint[];
  /** Where servers serve; behind a Service another port than the one that was asked. */
  readonly served: readonly number[];
  /** Of every node on which one could be made, the client's first. */
  readonly captures: Captures;
  /** Whether the client had its answer, each time. */
  readonly answered?: boolean;
}

/**
 * How far one probe came, in one sentence: `x/a on one → z/b on two, UDP 8080: the request was last seen on one going
 * out by eth0, and was not seen coming in on two`.
 *
 * It says that something was not seen at a place only where nothing after it was seen either: eBPF takes packets past
 * devices. Of a node whose capture is missing or not whole it says nothing of the kind.
 */
export function lastSeen(probed: Probed): string {
  const { source, target, port } = probed.pair;
  const to = target.endpoint ? place(target.endpoint) : target.label;
  return `${place(source)} → ${to}, ${port.protocol} ${port.port}: ${howFar(probed)}`;
}

function howFar({ pair, endpoints, served, captures, answered }: Probed): string {
  const { source, target, port } = pair;
  if (target.address === source.ip || /^(127\.|::1$)/.test(target.address)) {
    return `it stays inside ${source.id}, where nothing was captured`;
  }
  const servers = serversOf(pair, endpoints);
  const flows = flowsOf(captures, {
    client: source.ip,
    clientNode: source.kind === 'node' ? source.node : undefined,
    hears: (end) =>
      (end.address === target.address && end.port === port.port) ||
      servers.some(({ ip }) => ip === end.address && [port.port, ...served].includes(end.port ?? 0)),
  });
  const at = nodeAt(target.address, endpoints);
  const via = target.endpoint ? undefined : at;
  // A client outside is first seen where its packets come in.
  if (flows.length === 0) return nothing(source.node || (at ?? target.endpoint?.node ?? ''), captures);
  const path: Path = { client: source, address: target.address, via, servers };
  const ends = flows.map((flow) => flowEnd(flow, path, captures));
  const groups = [...Map.groupBy(ends, ({ text }) => text).values()].toSorted(
    (a, b) => Number(a[0]?.answered) - Number(b[0]?.answered) || b.length - a.length,
  );
  if (ends.every(({ answered }) => answered)) return `this time ${groups[0]?.[0]?.text}`;
  // Past the devices of the node, as eBPF takes them.
  if (answered) return 'this time it was answered, past devices that did not show it';
  const texts = groups.map((same) => {
    const count = groups.length > 1 ? `${same.length} of ${flows.length} times ` : '';
    return `${count}${same[0]?.text}`;
  });
  return `${texts.join('; ')}${complained(pair, captures)}`;
}

function nothing(start: string, captures: Captures): string {
  const known = [...captures].filter(([, { whole }]) => whole).map(([node]) => node);
  // Elsewhere it is known by the addresses that it had when it left.
  if (!known.includes(start)) return 'the captures prove nothing';
  return `the request was not seen on any device of ${known.join(' or ')}`;
}

/** What routers and hosts said of packets that they could not bring on, once. */
function complained({ source }: Pair, captures: Captures): string {
  for (const [node, { packets }] of captures) {
    const error = packets.find(
      ({ text, from }) => /^ICMP.*(unreachable|exceeded|too big)/.test(text) && from.address !== source.ip,
    );
    if (error) return `; ${error.from.address} said on ${node}: ${error.text.replace(/, length \d+$/, '')}`;
  }
  return '';
}
