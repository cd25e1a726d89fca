import { type End, type Packet, type Seen, written } from './packets.ts';

/** Captures by the name of their node. */
export type Captures = ReadonlyMap<string, Seen>;

/** Whose packets are looked for. */
export interface Asked {
  readonly client: string;
  /** The node in whose own network the client is: its packets come in nowhere. */
  readonly clientNode: string | undefined;
  /** The address and port that were asked, and those of the servers behind it. */
  readonly hears: (end: End) => boolean;
}

/** A packet and the node on which it was. */
export interface Sighting extends Packet {
  readonly node: string;
}

/** One connection, or one question over UDP: all of its packets, on every device of every node. */
export interface Flow {
  readonly requests: readonly Sighting[];
  readonly answers: readonly Sighting[];
}

/**
 * The flows of a probe, however their addresses were rewritten on the way. In TCP the number of the first packet stays
 * as it is. UDP has nothing of that kind: what goes out of a node next after the request came in, with the same words
 * and from an end that nobody knows, is taken for it.
 */
export function flowsOf(captures: Captures, asked: Asked): readonly Flow[] {
  const all = [...captures].flatMap(([node, { packets }]) => packets.map((packet) => ({ ...packet, node })));
  const flows = [...overTcp(all, asked), ...overUdp(all, asked)];
  return flows.map((sources) => ({
    requests: all.filter(({ from }) => sources.has(written(from))),
    answers: all.filter(({ from, to }) => sources.has(written(to)) && !sources.has(written(from))),
  }));
}

/** For each flow the ends that its client had. */
type Sources = Set<string>;

function overTcp(all: readonly Sighting[], asked: Asked): Sources[] {
  const first = all.flatMap((packet) => {
    const [, number] = /^Flags \[S[A-Z]*\], seq (\d+)/.exec(packet.text) ?? [];
    return number === undefined ? [] : [{ packet, number }];
  });
  return [...Map.groupBy(first, ({ number }) => number).values()]
    .map((same) => same.map(({ packet }) => packet))
    .filter((same) => same.some((packet) => begins(packet, all, asked)))
    .map((same) => new Set(same.map(({ from }) => written(from))));
}

function overUdp(all: readonly Sighting[], asked: Asked): Sources[] {
  const overUdp = all.filter(({ text, from }) => !/^Flags|^ICMP/.test(text) && from.port !== undefined);
  const flows = new Map<string, Sources>();
  for (const packet of overUdp) {
    const end = written(packet.from);
    if (begins(packet, all, asked)) flows.set(end, flows.get(end) ?? new Set([end]));
  }
  const known = () => [...flows.values()];
  for (const node of new Set(overUdp.map(({ node }) => node))) {
    let came: { readonly text: string; readonly flow: Sources } | undefined;
    for (const { way, from, to, text } of overUdp.filter((packet) => packet.node === node)) {
      const flow = known().find((sources) => sources.has(written(from)));
      if (flow) came = way === 'in' ? { text, flow } : undefined;
      else if (way === 'out' && came?.text === text && asked.hears(to)) {
        came.flow.add(written(from));
        came = undefined;
      }
    }
  }
  return known();
}

/**
 * Whether a request is the client's own as it left it. What a node itself sends may have been rewritten before it is
 * seen for the first time, so of that all counts that came in nowhere.
 */
function begins({ node, way, from, to }: Sighting, all: readonly Sighting[], asked: Asked): boolean {
  if (!asked.hears(to)) return false;
  if (from.address === asked.client) return true;
  const end = written(from);
  return (
    node === asked.clientNode &&
    way === 'out' &&
    !asked.hears(from) &&
    !all.some((other) => other.node === node && other.way === 'in' && written(other.from) === end)
  );
}
