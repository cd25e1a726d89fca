import type { Captures, Flow, Sighting } from './flows.ts';
import { type Hop, hopsOf, type Path, serverOf } from './hops.ts';
import { written } from './packets.ts';

/** How far a flow came. */
export interface FlowEnd {
  /** `the request was last seen on one going out by eth0, and was not seen coming in on two`. */
  readonly text: string;
  readonly answered: boolean;
}

/** How far a flow came. TCP first makes a connection and then asks in it; UDP asks at once. */
export function flowEnd(flow: Flow, path: Path, captures: Captures): FlowEnd {
  const part = (is: (packet: Sighting) => boolean): Flow => ({
    requests: flow.requests.filter(is),
    answers: flow.answers.filter(is),
  });
  const refusals = flow.answers.filter(({ text }) => text.startsWith('Flags [R'));
  const opening = part(({ text }) => text.startsWith('Flags [S'));
  if (opening.requests.length === 0) return ended(flow, [], path, captures);
  const made = ended(opening, refusals, path, captures);
  if (!made.answered) return made;
  const asked = part(({ text }) => /^Flags .*length [1-9]/.test(text));
  if (asked.requests.length === 0) {
    const whole = [...captures.values()].every((capture) => capture.whole);
    const then = whole ? 'nothing was asked' : 'what came then was not captured';
    return { text: `the connection was made, and ${then}`, answered: false };
  }
  const end = ended(asked, refusals, path, captures);
  return end.answered ? end : { ...end, text: `the connection was made, then ${end.text}` };
}

function ended(flow: Flow, refusals: readonly Sighting[], path: Path, captures: Captures): FlowEnd {
  const hops = hopsOf(flow, path);
  const last = hops.findLastIndex(({ seen }) => seen.length > 0);
  const hop = hops[last];
  const packet = hop?.seen.at(-1);
  if (hop === undefined || packet === undefined)
    return { text: 'the captures prove nothing', answered: false };
  const source = newSource(hops, path);
  if (last === hops.length - 1) {
    return {
      text: `request and answer were seen all the way${beside(hops, captures)}${source}`,
      answered: true,
    };
  }
  const seen = `the ${hop.of} was last seen on ${hop.node} ${ways[hop.way]} by ${packet.device}${address(hop, packet, path)}`;
  const refused = hopsOf({ ...flow, answers: refusals }, path).find(
    ({ of, seen }) => of === 'answer' && seen.length > 0,
  );
  if (refused) {
    const by = `on ${refused.node} ${ways[refused.way]} by ${refused.seen[0]?.device}`;
    return { text: `${seen}, and a refusal (RST) was first seen ${by}${source}`, answered: false };
  }
  const rest = hops.slice(last + 1);
  const missing = rest.find((one) => isSure(one, path, captures));
  const tunnel = packet.tunnelled && hop.way === 'in' && captures.get(hop.node)?.whole;
  const then = tunnel
    ? ' inside a tunnel, and was not seen coming out of it'
    : notSeen(hop, missing, flow, path);
  return { text: `${seen}${then}${source}`, answered: false };
}

const ways = { in: 'coming in', out: 'going out' };

/**
 * Whether a packet that passes here must have been captured. Where nobody knows the servers, as behind a nameserver's
 * address, that is so only where the client's own address is in it.
 */
function isSure({ node, end }: Hop, { servers }: Path, captures: Captures): boolean {
  return captures.get(node)?.whole === true && (servers.length > 0 || end);
}

/** @param missing the first place after this one where it must have been seen and was not */
function notSeen(hop: Hop, missing: Hop | undefined, flow: Flow, path: Path): string {
  if (missing === undefined) return '; what came then was not captured';
  const { node, way, of, end } = missing;
  const at = `${ways[way]}${node === hop.node ? '' : ` on ${node}`}`;
  const server = serverOf(flow.requests, path)?.id;
  if (of === hop.of)
    return `, and was not seen ${at}${end ? ` to ${of === 'request' ? server : path.client.id}` : ''}`;
  return end && way === 'in'
    ? `, and no answer was seen coming out of ${server}`
    : `, and no answer was seen ${at}`;
}

/** Where more than one address is possible, for which one it was. */
function address(hop: Hop, { to }: Sighting, { servers, address }: Path): string {
  if (hop.of === 'answer' || servers.some(({ ip }) => ip === address)) return '';
  return `${to.address === address && hop.way === 'out' ? ' still' : ''} for ${written(to)}`;
}

/**
 * A rewritten source explains answers that are lost, and servers that see another client. A node may have chosen
 * another of its addresses itself.
 */
function newSource(hops: readonly Hop[], { client }: Path): string {
  const all = hops.filter(({ of }) => of === 'request').flatMap(({ seen }) => seen);
  const began = all[0]?.from.address ?? client.ip;
  const chosen = began === client.ip ? '' : `; its source was ${began}`;
  const first = all.find(({ from }) => from.address !== began);
  if (first === undefined) return chosen;
  return `${chosen}; its source became ${first.from.address} on ${first.node}, ${ways[first.way]} by ${first.device}`;
}

/** Nodes that should have seen it, and did not though all the others did: somebody else may have answered. */
function beside(hops: readonly Hop[], captures: Captures): string {
  const nodes = [...Map.groupBy(hops, ({ node }) => node)].filter(
    ([node, all]) => captures.get(node)?.whole && all.every(({ seen }) => seen.length === 0),
  );
  return nodes.length === 0 ? '' : `, though nothing of it on ${nodes.map(([node]) => node).join(', ')}`;
}
